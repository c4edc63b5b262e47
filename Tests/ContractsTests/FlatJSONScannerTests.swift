import Testing

@testable import Contracts

@Suite(.timeLimit(.minutes(1)))
struct FlatJSONScannerTests {
    private func read(_ text: String) throws -> [String: JSONValue] { try JSONValue.object(parsing: Array(text.utf8)) }

    @Test func everyKindOfValue() throws {
        let object = try read(
            #" { "a" : "x" , "b":-0,"c":1.5e2,"d":true,"e":false,"f":null,"g":[1,[],{}],"h":{"i":{"j":"k"}}}  "#
                + "\r\n\t")
        #expect(
            object == [
                "a": "x", "b": 0, "c": 150.0, "d": true, "e": false, "f": nil, "g": [1, [], [:]],
                "h": ["i": ["j": "k"]],
            ])
        #expect(try read("{}").isEmpty)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83D\uDE00""#, "😀"),
        (#""x\u0000y""#, "x\u{0}y"), (#""😀é""#, "😀é"), (#""""#, ""), (#""\\u0041""#, "\\u0041"),
    ])
    func escapes(json: String, text: String) throws {
        #expect(try read("{\"v\":\(json)}") == ["v": .string(text)])
    }

    @Test(arguments: [
        "", " ", "[]", "\"x\"", "1", "null", "{", "}", "{}{}", "{} x", "{},", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{,}",
        "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}",
        "{\"x\":{\"a\":1,\"a\":2}}",
        "\u{FEFF}{}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":5.}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":-}",
        "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":nul}", "{\"a\":truee}", "{\"a\":[1,]}",
        "{\"a\":[1 2]}", "{\"a\":[}", "{\"a\":\"", "{\"a\":\"x}", "{\"a\":\"\n\"}", "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}", "{\"a\":\"\\u12G4\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\ud800x\"}", "{\"a\":\"\\", "{\"a\":\"\\u", "{\"a\":1}\u{0}",
        "// x\n{}",
        "{\"a\":1e999}",
    ])
    func refuses(text: String) {
        #expect(throws: InvalidMessage.self) { try read(text) }
    }

    @Test func refusesInvalidUTF8() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3]] {
            let body = Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)
            #expect(throws: InvalidMessage(.body, expected: "valid UTF-8")) { try JSONValue.object(parsing: body) }
        }
    }

    @Test func depthIsBoundedOnBothSidesOfTheEdge() throws {
        func nested(_ levels: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
        }
        _ = try read(nested(16))
        #expect(throws: InvalidMessage.self) { try read(nested(17)) }
        #expect(throws: InvalidMessage.self) { try read("{\"a\":" + String(repeating: "[", count: 60_000)) }
        #expect(throws: InvalidMessage.self) { try read(String(repeating: "{\"a\":", count: 12_000)) }
    }

    @Test func sizeIsBoundedOnBothSidesOfTheEdge() throws {
        func sized(_ bytes: Int) -> String { "{\"a\":\"" + String(repeating: "x", count: bytes - 8) + "\"}" }
        _ = try read(sized(65_536))
        #expect(throws: InvalidMessage(.body, expected: "at most 64 KiB")) { try read(sized(65_537)) }
    }

    @Test func numbersAreExactOrRefused() throws {
        #expect(try read("{\"a\":9223372036854775807}") == ["a": .integer(.max)])
        #expect(try read("{\"a\":-9223372036854775808}") == ["a": .integer(.min)])
        #expect(try read("{\"a\":9223372036854775808}") == ["a": .number(9_223_372_036_854_775_808)])
        // A number that nobody asks for may be as large as it likes.
        let request = Array("{\"user_id\":\"u\",\"other\":1e999}".utf8)
        #expect(try EraseRequest.decode(request).userID == UserID("u"))
    }

    /// Whatever the bytes, the scanner answers; and what it accepts it also writes and reads back the same.
    @Test func mutatedBodiesNeverCrash() {
        let seed = Array(#"{"user_id":"u-1","n":[1,-2.5e3,{"é":"\ud83d\ude00\n"}],"t":true,"z":null,"😀":"x"}"#.utf8)
        var random = SplitMix(state: 42)
        for _ in 0..<20_000 {
            var body = seed
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let at = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[at] = UInt8.random(in: .min ... .max, using: &random)
                case 1: body.remove(at: at)
                case 2: body.insert(Array("{}[]\",:\\u0d8e-.".utf8).randomElement(using: &random) ?? 0, at: at)
                default: body.removeSubrange(at...)
                }
                if body.isEmpty { break }
            }
            guard let object = try? JSONValue.object(parsing: body) else { continue }
            let again = try? JSONValue.object(parsing: Array(JSONValue.object(object).text.utf8))
            #expect(again == object)
        }
    }
}

/// The same numbers in every run, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
