/// One pass over UTF-8 text that finds what is personal or secret.
///
/// Goes from landmark to landmark (see ``Landmarks``) and looks both ways from each. Linear in the worst case: a look
/// backwards is bounded or covers bytes that no other look covers, a look ahead is bounded or consumes what it saw.
/// Allocates nothing as long as nothing is found.
struct Detector {
    /// Who will read the text.
    enum Purpose {
        /// Logs and machine text that stay in the house: names and addresses of servers stay, user ids are masked.
        case redact
        /// Text that people wrote and that leaves the house: mentions, URLs and ids go too.
        case sanitize
    }

    let text: UnsafeBufferPointer<UInt8>
    let leaves: Bool
    private(set) var findings: [Finding] = []
    /// Bytes before it are settled: nothing that begins there is looked for again.
    var done = 0
    /// Up to here every host name without a scheme was looked at.
    var hostsDone = 0
    /// Up to here every long run of signs was looked at.
    var runsDone = 0
    /// A long run of signs that begins like an address.
    var deferredRun = 0..<0
    /// Whether a number or a name was left because of the words around it.
    var isUnsettled = false
    private var hasWide = false
    /// Up to here numbers were read as parts of dates.
    var datesDone = 0
    /// No key block ends behind the one that was looked at last.
    var lacksKeyFoot = false

    private init(_ text: UnsafeBufferPointer<UInt8>, for purpose: Purpose) {
        self.text = text
        leaves = purpose == .sanitize
    }

    /// What was found in a text.
    struct Report {
        /// Sorted, without overlaps, never splitting a scalar.
        var findings: [Finding]
        /// Whether something was left because of what stands around it, so that replacing its neighbours may change that.
        var isUnsettled: Bool
    }

    /// The text must be valid UTF-8.
    static func report(on text: UnsafeBufferPointer<UInt8>, for purpose: Purpose) -> Report {
        var detector = Detector(text, for: purpose)
        detector.search()
        detector.findings.merge()
        var report = Report(findings: detector.findings, isUnsettled: detector.isUnsettled)
        // What the bytes say as they stand, and what they say with look-alikes read as what they look like.
        if detector.hasWide, let folded = FoldedText(text) {
            folded.bytes.withUnsafeBufferPointer { bytes in
                var second = Detector(bytes, for: purpose)
                second.search()
                second.findings.merge()
                report.findings += second.findings.map { Finding(kind: $0.kind, range: folded.origin(of: $0.range)) }
            }
            report.findings.merge()
            report.isUnsettled = true
        }
        return report
    }

    static func findings(in text: UnsafeBufferPointer<UInt8>, for purpose: Purpose) -> [Finding] {
        report(on: text, for: purpose).findings
    }

    private mutating func search() {
        var block = 0
        var last: UInt64 = 0x20
        var wide: UInt64 = 0
        defer { hasWide = wide & 0x8080_8080_8080_8080 != 0 }
        while block < text.count {
            if done >= block + 8 {
                block = done & ~7
                last = UInt64(text[block - 1])
                continue
            }
            let here = word(at: block)
            let next = block + 8 < text.count ? text[block + 8] : 0x20
            let seen = Landmarks(
                here, before: here << 8 | last, after: here >> 8 | UInt64(next) << 56, dots: leaves)
            last = here >> 56
            wide |= here
            if seen.isBound { run(through: block) }
            var marks = seen.marks
            while marks != 0 {
                let index = block + (marks.trailingZeroBitCount >> 3)
                marks &= marks - 1
                if index >= done { landmark(index) }
            }
            block += 8
        }
        if !deferredRun.isEmpty { deferredKeys() }
    }

    /// Eight bytes from `block` on, with spaces where the text does not reach.
    @inline(__always)
    private func word(at block: Int) -> UInt64 {
        let base = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
        if block + 8 <= text.count { return (base + block).loadUnaligned(as: UInt64.self) }
        let missing = UInt64(8 * (block + 8 - text.count))
        let spaces: UInt64 = 0x2020_2020_2020_2020
        if text.count >= 8 {
            let last = (base + (text.count - 8)).loadUnaligned(as: UInt64.self)
            return last >> missing | spaces << (64 - missing)
        }
        var word = spaces
        for index in block..<text.count { word = word << 8 | UInt64(text[text.count - 1 - index + block]) }
        return word
    }

    private mutating func landmark(_ index: Int) {
        switch text[index] {
        case UInt8(ascii: "@"): sign(at: index)
        case UInt8(ascii: "."): if index >= hostsDone { host(at: index) }
        case UInt8(ascii: ":"): colon(at: index)
        case UInt8(ascii: "="): _ = namedValue(at: index)
        case UInt8(ascii: "-"): hyphens(at: index)
        default: number(at: index)
        }
    }

    private mutating func colon(at index: Int) {
        switch byte(index + 1) {
        case UInt8(ascii: "/"):
            if byte(index + 2) == UInt8(ascii: "/") {
                let isDone = address(at: index)
                if !deferredRun.isEmpty { deferredKeys() }
                if isDone { return }
            }
        case UInt8(ascii: ")"), UInt8(ascii: "("), UInt8(ascii: "D"), UInt8(ascii: "P"), UInt8(ascii: "-"):
            if !byte(index - 1).isWord, !byte(index - 1).isQuote { return }  // a face
        default: break
        }
        if !ip6(at: index) { _ = namedValue(at: index) }
    }

    // MARK: Shared by the rules

    /// Takes down a finding. What began inside of it before is part of it, and so is it of one that it lies in.
    mutating func found(_ kind: PersonalKind, _ range: Range<Int>) {
        done = max(done, range.upperBound)
        if let last = findings.last, last.range.lowerBound <= range.lowerBound,
            last.range.upperBound >= range.upperBound
        {
            return
        }
        while let last = findings.last, last.range.lowerBound >= range.lowerBound { findings.removeLast() }
        if findings.isEmpty { findings.reserveCapacity(8) }
        findings.append(Finding(kind: kind, range: range))
    }

    var previous: Finding? { findings.last }
    /// Where the last finding ends; 0 without one.
    var foundEnd: Int { findings.last?.range.upperBound ?? 0 }

    /// The byte at `index`; 0 outside of the text.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        UInt(bitPattern: index) < UInt(bitPattern: text.count) ? text[index] : 0
    }

    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: text[range]) }

    /// Whether the byte before `index` belongs to a word. The letter of an escape such as `\n`, in JSON text, does not; nor
    /// does what was found, since a marker will stand in its place.
    func isInsideWord(_ index: Int) -> Bool {
        guard byte(index - 1).isWord, !isEscape(index - 1) else { return false }
        return findings.last?.range.upperBound != index
    }

    /// Whether `index` is the letter of an escape such as `\n`.
    func isEscape(_ index: Int) -> Bool {
        guard byte(index - 1) == 0x5C else { return false }
        return switch byte(index) {
        case 0x6E, 0x72, 0x74, 0x62, 0x66: true
        default: false
        }
    }

    /// Whether `literal`, given in lower case, stands at `index` in any case.
    @inline(__always)
    func reads(_ literal: StaticString, at index: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index >= 0, index + count <= text.count else { return false }
        for offset in 0..<count where text[index + offset].lowered != literal.utf8Start[offset] { return false }
        return true
    }

    /// Whether `literal` stands at `index` as it is.
    @inline(__always)
    func stands(_ literal: StaticString, at index: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index >= 0, index + count <= text.count else { return false }
        for offset in 0..<count where text[index + offset] != literal.utf8Start[offset] { return false }
        return true
    }

    /// The end of the run of bytes that `belong`, at most `limit` bytes further.
    @inline(__always)
    func end(from start: Int, limit: Int = .max, while belongs: (UInt8) -> Bool) -> Int {
        var index = start
        let stop = limit < text.count - start ? start + limit : text.count
        while index < stop, belongs(text[index]) { index += 1 }
        return index
    }

    /// The start of the run of bytes that `belong` and end at `end`, at most `limit` bytes back and not before what is found.
    @inline(__always)
    func start(before end: Int, limit: Int, while belongs: (UInt8) -> Bool) -> Int {
        var index = end
        let floor = max(0, end - limit)
        while index > floor, belongs(text[index - 1]) { index -= 1 }
        return index
    }
}
