/// Builds a text with something else in the places of findings.
enum Replacement {
    /// Sorted findings without overlaps. `substitute` may give another text than the kind's marker. Makes one allocation for
    /// the text, or none if it is short.
    static func text(
        _ bytes: UnsafeBufferPointer<UInt8>, _ findings: [Finding], substitute: (Finding) -> String? = { _ in nil }
    ) -> String {
        var room = bytes.count
        for finding in findings { room += max(0, 24 - finding.range.count) }
        return String(unsafeUninitializedCapacity: room) { output in
            var written = 0
            var copied = 0
            func write(_ source: UnsafeBufferPointer<UInt8>) {
                guard source.count > 0, let from = source.baseAddress, let to = output.baseAddress else { return }
                (to + written).initialize(from: from, count: source.count)
                written += source.count
            }
            for finding in findings {
                write(UnsafeBufferPointer(rebasing: bytes[copied..<finding.range.lowerBound]))
                copied = finding.range.upperBound
                if var other = substitute(finding) {
                    other.withUTF8 { write(UnsafeBufferPointer(rebasing: $0.prefix(24))) }
                } else {
                    finding.kind.staticMarker.withUTF8Buffer { write($0) }
                }
            }
            write(UnsafeBufferPointer(rebasing: bytes[copied...]))
            return written
        }
    }
}
