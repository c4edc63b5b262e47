/// Builds a text with something else in the places of findings.
enum Replacement {
    /// What stands in the place of a finding.
    enum Substitute {
        /// The marker of its kind.
        case marker
        /// `[USER_7]`.
        case person(Int)
        case text(String)
    }

    /// Sorted findings without overlaps. Makes one allocation for the text, or none if it is short. The bytes must be UTF-8;
    /// `isASCII`: known to be, and whatever is substituted is too.
    @inline(__always)
    static func text(
        _ bytes: UnsafeBufferPointer<UInt8>, _ findings: some Collection<Finding>, isASCII: Bool = false,
        substitute: (Finding) -> Substitute = { _ in .marker }
    ) -> String {
        var room = bytes.count
        for finding in findings { room += max(0, 24 - finding.range.count) }
        guard room <= 1024, bytes.first?.isContinuation == false else {
            return String(unsafeUninitializedCapacity: room) { write(bytes, findings, into: $0, substitute) }
        }
        // Whole scalars of a valid text and ASCII between them: there is no need to look at each scalar again.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { output in
            let count = write(bytes, findings, into: output, substitute)
            let written = UnsafeBufferPointer(rebasing: output[..<count])
            return String(copying: UTF8Span(unchecked: written.span, isKnownASCII: isASCII))
        }
    }

    /// Gives back how much was written. A finding that splits a scalar, were there one, takes all of it.
    @inline(__always)
    private static func write(
        _ bytes: UnsafeBufferPointer<UInt8>, _ findings: some Collection<Finding>,
        into output: UnsafeMutableBufferPointer<UInt8>, _ substitute: (Finding) -> Substitute
    ) -> Int {
        var written = 0
        var copied = 0
        func write(_ source: UnsafeBufferPointer<UInt8>) {
            guard source.count > 0, let from = source.baseAddress, let to = output.baseAddress else { return }
            (to + written).initialize(from: from, count: source.count)
            written &+= source.count
        }
        for finding in findings {
            var start = finding.range.lowerBound
            while start > copied, bytes[start].isContinuation { start -= 1 }
            write(UnsafeBufferPointer(rebasing: bytes[copied..<start]))
            copied = finding.range.upperBound
            while copied < bytes.count, bytes[copied].isContinuation { copied += 1 }
            switch substitute(finding) {
            case .marker: finding.kind.staticMarker.withUTF8Buffer { write($0) }
            case .person(let number):
                ("[USER_" as StaticString).withUTF8Buffer { write($0) }
                written += digits(of: number, into: output, at: written)
                ("]" as StaticString).withUTF8Buffer { write($0) }
            case .text(var other):
                other.withUTF8 {
                    var count = min($0.count, 24)
                    while count > 0, count < $0.count, $0[count].isContinuation { count -= 1 }
                    write(UnsafeBufferPointer(rebasing: $0[..<count]))
                }
            }
        }
        write(UnsafeBufferPointer(rebasing: bytes[copied...]))
        return written
    }

    /// Writes a positive number and gives back how many digits it has.
    private static func digits(of number: Int, into output: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        var count = 1
        var power = 10
        while power <= number, count < 16 { (count, power) = (count + 1, power * 10) }
        var left = number
        for place in stride(from: start + count - 1, through: start, by: -1) {
            output[place] = 0x30 + UInt8(left % 10)
            left /= 10
        }
        return count
    }
}
