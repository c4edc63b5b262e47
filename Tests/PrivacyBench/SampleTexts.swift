/// Made texts to measure on: nobody wrote them, and no number or name in them belongs to anybody.
struct SampleTexts {
    private var random: UInt64

    init(seed: UInt64) { random = seed }

    mutating func tweets(_ count: Int, dirty: Bool) -> [String] {
        (0..<count).map { _ in
            var words = (0..<Int.random(in: 6...22, using: &self)).map { _ in pick(Self.words) }
            if chance(0.3) { words.append(pick(["😀", "🔥🔥", "❤️", "😂😂😂", "👍🏽"])) }
            if chance(0.3) { words.append("#" + pick(Self.words)) }
            if chance(0.2) { words.append(pick(["2023", "10:30", "3-2", "50%", "$1,234.50", "24/7", "1.5"])) }
            if dirty {
                for _ in 0..<Int.random(in: 1...2, using: &self) {
                    words.insert(personal(), at: Int.random(in: 0...words.count, using: &self))
                }
            }
            return words.joined(separator: " ") + pick([".", "!", "!!!", "...", "", " :)"])
        }
    }

    mutating func logLines(_ count: Int, dirty: Bool) -> [String] {
        (0..<count).map { place in
            var line =
                "{\"time\":\"2026-11-23T10:\(10 + place % 50):12.042Z\",\"level\":\"info\",\"program\":\"repazoo-ingest\","
                + "\"logger\":\"consumer\",\"message\":\"\(pick(Self.words)) \(pick(Self.words)) done in \(digits(4)) us\","
                + "\"queue\":\"repazoo.ingest\",\"rows\":\"\(digits(3))\",\"attempt\":\"1\""
            if dirty {
                line += pick([
                    ",\"email\":\"\(pick(Self.names))@example.org\"", ",\"peer\":\"192.0.2.\(digits(2)):5672\"",
                    ",\"url\":\"amqp://guest:\(pick(Self.words))@broker:5672/\"", ",\"user\":\"user-\(digits(6))\"",
                    ",\"note\":\"Authorization: Bearer \(key(32))\"", ",\"cause\":\"password=\(key(9)) refused\"",
                ])
            }
            return line + "}"
        }
    }

    private mutating func personal() -> String {
        switch Int.random(in: 0..<20, using: &self) {
        case 0..<9: "@" + pick(Self.names)
        case 9..<15: "https://t.co/" + key(10)
        case 15: pick(Self.names) + "@example.com"
        case 16: "+1 202-555-01" + digits(2)
        case 17: "www.example.com/" + pick(Self.words)
        case 18: "1859" + digits(15)
        default: "192.0.2." + digits(2)
        }
    }

    private mutating func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &self)] }
    private mutating func chance(_ value: Double) -> Bool { Double.random(in: 0..<1, using: &self) < value }
    private mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(Int.random(in: 1...9, using: &self)) }.joined()
    }
    private mutating func key(_ count: Int) -> String {
        let signs = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        return String((0..<count).map { _ in signs[Int.random(in: 0..<signs.count, using: &self)] })
    }

    private static let names = [
        "ada_l", "grace", "linus_t", "margaret99", "k_thompson", "barbara", "edsger", "anita.b",
    ]
    private static let words = """
        the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not what \
        all were we when your can said there use an each which she do how their if will up other about out many then them these \
        so some her would make like him into time has look two more write go see number no way could people my than first \
        water been call who its now find long down day did get come made may part love hate great terrible awesome really \
        soooo happy sad weather today tomorrow coffee music never always can't won't don't isn't
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}

extension SampleTexts: RandomNumberGenerator {
    mutating func next() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
