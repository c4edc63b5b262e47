import FoundationEssentials
import Testing

@testable import Privacy

@Suite(.timeLimit(.minutes(4)))
struct JSONValueTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null,-0.5,"x\n\"\\é😀"],"":{}}"#, "[]", "0", "-9223372036854775808", #""""#, "1.5e+300",
    ])
    func roundTrips(text: String) throws {
        #expect(try JSONValue(parsing: text).serialized() == text)
    }

    @Test func understandsEscapesAndNumbers() throws {
        #expect(try JSONValue(parsing: #""\u00e9\ud83d\ude00\/\b\f""#) == .string("é😀/\u{8}\u{c}"))
        #expect(try JSONValue(parsing: "9223372036854775808") == .number(9223372036854775808))
        #expect(try JSONValue(parsing: " 1.0 ") == .number(1))
        #expect(try JSONValue(parsing: #"{"b":1,"a":2}"#).serialized(keys: .sorted) == #"{"a":2,"b":1}"#)
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd), ("{", .unexpectedEnd), ("[1,]", .unexpectedByte),
        ("{\"a\":1,}", .unexpectedByte),
        ("01", .badNumber), ("1.", .badNumber), ("-", .badNumber), ("1e999", .badNumber), ("+1", .unexpectedByte),
        ("nul", .unexpectedEnd), ("tru3", .unexpectedByte), ("\"a", .unexpectedEnd), ("\"\u{1}\"", .badString),
        (#""\x""#, .badString), (#""\ud800""#, .badString), (#""\ud800\u0041""#, .badString),
        (#""\u12g4""#, .badString),
        ("{\"a\":1,\"a\":2}", .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey), ("1 2", .trailingBytes),
        ("NaN", .unexpectedByte),
    ])
    func refuses(text: String, reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.reason == reason)
    }

    @Test func limitsHold() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        _ = try JSONValue(parsing: deep(64))
        #expect(throws: JSONError(reason: .tooDeep, offset: 64)) { try JSONValue(parsing: deep(65)) }
        _ = try JSONValue(parsing: "12345", maximumBytes: 5)
        #expect(throws: JSONError(reason: .tooLarge, offset: 5)) { try JSONValue(parsing: "123456", maximumBytes: 5) }
        #expect(throws: JSONError(reason: .badUTF8, offset: 0)) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func randomBytesNeverCrash() {
        var generator = SplitMix(state: 7)
        let alphabet = Array(#"{}[]",:\u0123e+-.truefalsn "#.utf8) + [0xFF, 0xC3, 0x00]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator))
                .map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect((try? JSONValue(parsing: value.serialized())) == value)
        }
    }

    @Test func travelsThroughCoders() throws {
        let value: JSONValue = ["a": [1, 2.5, true, nil, "x"], "b": ["c": -3]]
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
        #expect(value["a"]?[1]?.number == 2.5 && value["b"]?["c"]?.integer == -3)
    }
}
