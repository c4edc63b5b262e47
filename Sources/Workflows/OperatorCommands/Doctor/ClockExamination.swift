import FoundationEssentials

/// Whether a server is of one mind with us about the time.
enum ClockExamination {
    private static let tolerated: TimeInterval = 2

    /// The server's time is compared with the middle of question and answer.
    static func compare(_ whose: String, _ ask: () async throws -> Date) async rethrows -> Finding {
        let before = Date()
        let there = try await ask()
        let after = Date()
        let middle = before.addingTimeInterval(after.timeIntervalSince(before) / 2)
        return judge(whose, skew: there.timeIntervalSince(middle))
    }

    static func judge(_ whose: String, skew: TimeInterval) -> Finding {
        let words = "\(Plain.fixed(abs(skew), digits: 1)) s \(skew < 0 ? "behind" : "ahead of") this machine"
        guard abs(skew) > tolerated else { return .good("clock", "\(whose) is less than 2 s from this machine's") }
        return .warning("clock", "\(whose) is \(words)", "run NTP on both; consent and limits are judged by the clock")
    }
}
