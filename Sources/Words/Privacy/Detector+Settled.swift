extension Detector {
    /// Replaces until nothing is found: replacing may bring together what stood apart, and what stands then must be clean.
    /// Each round takes out at least one finding, and a marker is never one, so this ends; three rounds are more than seen in
    /// what people write. How many there may be is bounded by the length, so that the time stays linear in it. Text without
    /// findings comes back as it is, without a copy.
    @inline(__always)
    static func settled(
        _ text: String, for purpose: Purpose,
        more: (FindingList, UnsafeBufferPointer<UInt8>) -> Void = { _, _ in },
        replace: (UnsafeBufferPointer<UInt8>, Report) -> String
    ) -> String {
        // Nothing is captured that changes: a variable in a closure costs an allocation and its checks of access, for each text.
        func round(_ bytes: UnsafeBufferPointer<UInt8>) -> Round? {
            withReport(on: bytes, for: purpose) { report in
                more(report.findings, bytes)
                if report.findings.isEmpty { return nil }
                return Round(text: replace(bytes, report), isSettled: report.isSettled(in: bytes))
            }
        }
        guard var current = withBytes(of: text, round) else { return text }
        var left = mostRounds(through: text.utf8.count) - 1
        while !current.isSettled, left > 0, let next = withBytes(of: current.text, round) {
            current = next
            left -= 1
        }
        return current.text
    }

    private struct Round {
        let text: String
        let isSettled: Bool
    }

    /// Without counting references, as `withUTF8` on a copy does.
    @inline(__always)
    private static func withBytes(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Round?) -> Round? {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = text
        return copy.withUTF8(body)
    }
}
