/// A small line of numbers, as the points of an SVG polyline in a box of 100 by 24. The newest number is at the right.
struct Sparkline {
    let points: String
    /// In words, for those who do not see it.
    let label: String

    /// Nil for fewer than two numbers.
    init?(_ numbers: [Int], of what: String, in unit: String = "") {
        guard numbers.count > 1, let most = numbers.max(), let last = numbers.last else { return nil }
        let (width, height) = (100.0, 22.0)
        points = numbers.enumerated().map { index, number in
            let x = width * Double(index) / Double(numbers.count - 1)
            let y = 1 + height * (1 - Double(number) / Double(max(1, most)))
            return "\(Self.short(x)),\(Self.short(y))"
        }.joined(separator: " ")
        label = "\(what): \(last)\(unit) now, at most \(most)\(unit) in the last \(numbers.count) looks"
    }

    private static func short(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
