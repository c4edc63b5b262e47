/// Redacts or sanitizes an endless stream of bytes in constant memory. A struct that is fed, so that reading and writing stay
/// outside.
///
/// Whole lines come out as soon as their ends are seen. Of a line that does not end, all but the last few kilobytes come out:
/// what lies across the borders of what was fed is found all the same, and the rest of a finding that itself does not end is
/// swallowed. A private key's lines go with its first. Bytes that are no UTF-8 become U+FFFD: what cannot be read cannot be
/// checked.
public struct StreamFilter: Sendable {
    public enum Face: Sendable {
        case redact
        case sanitize
    }

    /// Memory is bound by these three. Nothing that is found, but for what is swallowed, is longer than `lookahead`.
    static let window = 64 << 10
    static let lookahead = 8 << 10
    static let lookback = 256
    /// The longest private key that is waited for.
    static let longestKeyBlock = 16 << 10

    private enum Swallowing {
        case nothing
        /// Up to a space or quote.
        case word
        /// Up to the last line of a private key; how much is still believed to be one.
        case keyBlock(left: Int)
    }

    private let face: Face
    private var pending: [UInt8] = []
    /// How many of the pending bytes came out already and are kept for what they say about the next.
    private var context = 0
    private var swallowing = Swallowing.nothing

    public init(_ face: Face) { self.face = face }

    /// Appends what is settled.
    public mutating func feed(_ bytes: some Collection<UInt8>, into output: inout [UInt8]) {
        pending.append(contentsOf: bytes)
        while advance(into: &output) {}
    }

    /// Appends the rest.
    public mutating func finish(into output: inout [UInt8]) {
        while advance(into: &output) {}
        if case .nothing = swallowing { emit(upTo: pending.count, into: &output) }
        pending.removeAll()
        context = 0
        swallowing = .nothing
    }

    /// True if there may be more to do.
    private mutating func advance(into output: inout [UInt8]) -> Bool {
        switch swallowing {
        case .word: return swallowWord()
        case .keyBlock(let left): return swallowKeyBlock(left)
        case .nothing: break
        }
        if let newline = pending[context...].lastIndex(of: 0x0A) {
            emit(upTo: newline + 1, into: &output)
            return !pending.isEmpty
        }
        guard pending.count - context > Self.window + Self.lookahead else { return false }
        emitPart(into: &output)
        return pending.count - context > Self.window + Self.lookahead
    }

    // MARK: What comes out

    /// Everything up to a place where nothing can go on.
    private mutating func emit(upTo end: Int, into output: inout [UInt8]) {
        guard end > context else { return }
        let text = String(decoding: pending[..<end], as: UTF8.self)
        if context == 0 {
            output.append(contentsOf: changed(text).utf8)
        } else {
            var text = text
            text.withUTF8 { append($0, findings($0), from: context, to: $0.count, into: &output) }
        }
        if Self.leavesKeyBlockOpen(pending[..<end]) { swallowing = .keyBlock(left: Self.longestKeyBlock) }
        pending.removeFirst(end)
        context = 0
    }

    private func changed(_ text: String) -> String {
        switch face {
        case .redact: Redactor.redact(text)
        case .sanitize: PromptSanitizer.sanitize(text)
        }
    }

    private func findings(_ text: UnsafeBufferPointer<UInt8>) -> [Finding] {
        Detector.findings(in: text, for: face == .redact ? .redact : .sanitize)
    }

    /// The part of a line without end that what is still to come cannot change.
    private mutating func emitPart(into output: inout [UInt8]) {
        repair()
        let (cut, isEndless) = pending.withUnsafeBufferPointer { text in
            let findings = findings(text)
            var cut = Self.boundary(text, near: text.count - Self.lookahead)
            var isEndless = false
            if let across = findings.first(where: { $0.range.lowerBound < cut && $0.range.upperBound > cut }) {
                isEndless = across.range.upperBound + 4 >= text.count
                let mayGrow =
                    isEndless && text.count - across.range.lowerBound <= Self.window
                    && across.range.lowerBound > context
                cut = mayGrow ? across.range.lowerBound : across.range.upperBound
                isEndless = isEndless && !mayGrow
            }
            append(text, findings, from: context, to: cut, into: &output)
            return (cut, isEndless)
        }
        if isEndless { swallowing = .word }
        let kept = pending.withUnsafeBufferPointer { Self.scalarStart($0, cut - Self.lookback) }
        pending.removeFirst(kept)
        context = cut - kept
    }

    private func append(
        _ text: UnsafeBufferPointer<UInt8>, _ findings: [Finding], from start: Int, to end: Int,
        into output: inout [UInt8]
    ) {
        var part: [Finding] = []
        for finding in findings where finding.range.upperBound > start && finding.range.lowerBound < end {
            let range = max(finding.range.lowerBound, start)..<min(finding.range.upperBound, end)
            part.append(Finding(kind: finding.kind, range: (range.lowerBound - start)..<(range.upperBound - start)))
        }
        let slice = UnsafeBufferPointer(rebasing: text[start..<end])
        output.append(
            contentsOf: (face == .redact ? Redactor.replace(part, in: slice) : Replacement.text(slice, part)).utf8)
    }

    // MARK: Where to cut

    /// A space near a place, or else the start of a scalar.
    private static func boundary(_ text: UnsafeBufferPointer<UInt8>, near place: Int) -> Int {
        var index = place
        while index > place - 1024, index > 0 {
            if text[index - 1] == 0x20 { return index }
            index -= 1
        }
        return scalarStart(text, place)
    }

    private static func scalarStart(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        var index = max(place, 0)
        while index > 0, index < text.count, text[index].isContinuation { index -= 1 }
        return index
    }

    /// Makes the pending bytes UTF-8, but for a last scalar whose end is still to come.
    private mutating func repair() {
        var end = pending.count
        while end > 0, pending.count - end < 3, pending[end - 1].isContinuation { end -= 1 }
        end = end > 0 && pending[end - 1] >= 0xC2 ? end - 1 : pending.count
        if String(validating: pending[..<end], as: UTF8.self) != nil { return }
        let out = Array(String(decoding: pending[..<context], as: UTF8.self).utf8)
        let rest = Array(String(decoding: pending[context..<end], as: UTF8.self).utf8)
        context = out.count
        pending = out + rest + pending[end...]
    }

    // MARK: What does not come out

    private mutating func swallowWord() -> Bool {
        let start = pending[context...].firstIndex { $0.isSpace || $0.isQuote } ?? pending.count
        pending.removeFirst(start)
        context = 0
        guard !pending.isEmpty else { return false }
        swallowing = .nothing
        return true
    }

    private mutating func swallowKeyBlock(_ left: Int) -> Bool {
        if let foot = Self.place(of: "-----END ", in: pending[...]), let end = pending[foot...].firstIndex(of: 0x0A) {
            pending.removeFirst(end)
            swallowing = .nothing
            return true
        }
        // Half of the foot may be here already.
        let gone = max(0, pending.count - 256)
        pending.removeFirst(gone)
        swallowing = left > gone ? .keyBlock(left: left - gone) : .nothing
        return left <= gone
    }

    /// Whether a private key begins in these lines and does not end.
    private static func leavesKeyBlockOpen(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while let head = place(of: "-----BEGIN ", in: rest) {
            let line = text[head...].prefix { $0 != 0x0A }
            guard let foot = place(of: "-----END ", in: text[head...]) else {
                return place(of: "PRIVATE KEY", in: line) != nil
            }
            rest = text[foot...]
        }
        return false
    }

    /// Where a literal begins that five hyphens begin, or any other in a short line.
    private static func place(of literal: StaticString, in text: ArraySlice<UInt8>) -> Int? {
        let first = literal.utf8Start[0]
        return text.withUnsafeBufferPointer { bytes in
            var index = 0
            while index + literal.utf8CodeUnitCount <= bytes.count {
                if bytes[index] == first {
                    var length = 1
                    while length < literal.utf8CodeUnitCount, bytes[index + length] == literal.utf8Start[length] {
                        length += 1
                    }
                    if length == literal.utf8CodeUnitCount { return text.startIndex + index }
                }
                index += 1
            }
            return nil
        }
    }
}
