import CLandmarks

/// One pass over UTF-8 text that finds what is personal or secret.
///
/// Goes from landmark to landmark and looks both ways from each. Linear in the worst case: a look
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
    /// Lives in the scope that made the detector.
    let desk: UnsafeMutablePointer<FindingDesk>
    // Small things lie together: the compiler copies a detector for most questions, in registers if it is small enough.
    let leaves: Bool
    /// Whether a number or a name was left because of the words around it.
    var isUnsettled = false
    private var hasWide = false
    /// No key block ends behind the one that was looked at last.
    var lacksKeyFoot = false
    /// Bytes before it are settled: nothing that begins there is looked for again.
    var done = 0
    /// Up to here every host name without a scheme was looked at.
    var hostsDone = 0
    /// Up to here every long run of signs was looked at.
    var runsDone = 0
    /// A long run of signs that begins like an address.
    var deferredRun = 0..<0
    /// Up to here text without spaces, in which an address begins, was looked through for its last `@`, which is at `lastSign`.
    var addressDone = 0
    var lastSign = 0
    /// Up to here numbers were read as parts of dates.
    var datesDone = 0
    /// Up to here digits were looked at as parts of secrets that are spoken of.
    var spokenDone = 0
    /// Fetched for the first name: a static is guarded by a call, and most texts hold no names.
    private var tails: SensitiveName.Tails?

    private init(_ text: UnsafeBufferPointer<UInt8>, for purpose: Purpose, _ desk: UnsafeMutablePointer<FindingDesk>) {
        self.text = text
        self.desk = desk
        leaves = purpose == .sanitize
    }

    /// The text must be valid UTF-8.
    static func withReport<Result>(
        on text: UnsafeBufferPointer<UInt8>, for purpose: Purpose, _ body: (inout Report) -> Result
    ) -> Result {
        FindingList.with { list in
            var report = look(through: text, for: purpose, list)
            // What the bytes say as they stand, and what they say with look-alikes read as what they look like.
            if report.hasWide, let folded = FoldedText(text) {
                report.findings.add(folded.findings(for: purpose))
                report.isUnsettled = true
            }
            return body(&report)
        }
    }

    private static func look(
        through text: UnsafeBufferPointer<UInt8>, for purpose: Purpose, _ list: FindingList
    ) -> Report {
        FindingList.with { ahead in
            var desk = FindingDesk(found: list, ahead: ahead)
            return withUnsafeMutablePointer(to: &desk) { desk in
                var detector = Detector(text, for: purpose, desk)
                detector.search()
                desk.pointee.takeAll()
                return Report(findings: list, isUnsettled: detector.isUnsettled, hasWide: detector.hasWide)
            }
        }
    }

    /// What a text holds that has no look-alikes, or whose look-alikes were read already.
    static func plainFindings(in text: UnsafeBufferPointer<UInt8>, for purpose: Purpose) -> [Finding] {
        FindingList.with { list in
            _ = look(through: text, for: purpose, list)
            return Array(list)
        }
    }

    static func findings(in text: UnsafeBufferPointer<UInt8>, for purpose: Purpose) -> [Finding] {
        withReport(on: text, for: purpose) { Array($0.findings) }
    }

    /// Landmarks are the bytes at which something personal can be recognised, rare in plain text: the first digit of a run, `@`,
    /// `:`, `=`, the first of some hyphens, and, for text that leaves the house, a `.` inside a word. Keys without any of them
    /// betray themselves by their length: a run of fifteen signs or more covers eight that are looked at together.
    private mutating func search() {
        guard let base = text.baseAddress else { return }
        var wide: UInt64 = 0
        var block = 0
        while block < text.count {
            let seen = rz_landmarks_at(base, text.count, block, leaves)
            wide |= seen.wide
            var places = seen.marks | seen.bound
            while places != 0 {
                let place = UInt64(truncatingIfNeeded: places.trailingZeroBitCount)
                let index = block &+ Int(truncatingIfNeeded: place)
                places &= places &- 1
                if seen.bound &>> place & 1 == 1, index >= runsDone { run(through: index, seen.signs, at: place) }
                guard seen.marks &>> place & 1 == 1, index >= done else { continue }
                // Most hyphens and dots stand by themselves.
                if text[index] == 0x2D, byte(index + 1) != 0x2D || byte(index - 1) == 0x2D { continue }
                if text[index] == 0x2E, byte(index + 1) < 0x41 { continue }
                landmark(index)
            }
            block = max(block &+ 64, done & ~63)
        }
        if !deferredRun.isEmpty { deferredKeys() }
        hasWide = wide != 0
    }

    @inline(never)
    private mutating func landmark(_ index: Int) {
        if desk.pointee.hasMore { desk.pointee.take(before: index) }
        switch text[index] {
        case UInt8(ascii: "@"): sign(at: index)
        case UInt8(ascii: "."):
            if index >= hostsDone, byte(index - 1) >= 0x30 { host(at: index) }
        case UInt8(ascii: ":"): colon(at: index)
        case UInt8(ascii: "="): _ = namedValue(at: index)
        case UInt8(ascii: "-"): hyphens(at: index)
        default: number(at: index)
        }
    }

    private mutating func colon(at index: Int) {
        // The names of JSON, of which most are no secret's.
        if byte(index - 1) == 0x22, byte(index - 2).isLetter, byte(index + 1) != 0x3A,
            nameEnding(index - 1).isEmpty
        {
            return
        }
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
        if !deferredRun.isEmpty { deferredKeys() }
        let before = byte(index - 1)
        let isSixth = before.isHex || before == 0x3A || byte(index + 1) == 0x3A
        if isSixth, ip6(at: index) { return }
        if !namedValue(at: index), before.isWord || before.isQuote { commandPassword(at: index) }
    }

    // MARK: Shared by the rules

    /// What a name that ends at `end`, which is not the text's start, may be.
    mutating func nameEnding(_ end: Int) -> SensitiveName.Possibility {
        let tails = tails ?? SensitiveName.tails
        self.tails = tails
        return tails.ending(text, before: end)
    }

    /// Takes down a finding. What began inside of it before is part of it, and so is it of one that it lies in.
    mutating func found(_ kind: PersonalKind, _ range: Range<Int>) {
        done = max(done, range.upperBound)
        desk.pointee.add(Finding(kind: kind, range: range))
    }

    /// Takes down a key that lies ahead of what is looked at, and settles nothing yet: an address around it may come into view.
    func foundAhead(_ range: Range<Int>) { desk.pointee.ahead.append(Finding(kind: .token, range: range)) }

    @inline(__always)
    var previous: Finding? { desk.pointee.found.last }
    /// Where the last finding ends; 0 without one.
    @inline(__always)
    var foundEnd: Int { previous?.range.upperBound ?? 0 }

    /// The byte at `index`; 0 outside of the text.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        UInt(bitPattern: index) < UInt(bitPattern: text.count) ? text[index] : 0
    }

    /// The byte at `index` as it will stand when what was found last is replaced: the end of a marker in its place. Rules that
    /// look to the left ask this, so that a chain of findings is found from its first to its last at once.
    @inline(__always)
    func left(_ index: Int) -> UInt8 {
        if let last = previous, last.range.contains(index) { return 0x5D }
        return byte(index)
    }

    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: text[range]) }

    /// Whether the byte before `index` belongs to a word. The letter of an escape such as `\n`, in JSON text, does not; nor
    /// does what was found, since a marker will stand in its place.
    func isInsideWord(_ index: Int) -> Bool {
        guard byte(index - 1).isWord, !isEscape(index - 1) else { return false }
        return previous?.range.upperBound != index
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
        guard index >= 0, index &+ count <= text.count else { return false }
        for offset in 0..<count where text[index &+ offset].lowered != literal.utf8Start[offset] { return false }
        return true
    }

    /// Whether `literal` stands at `index` as it is.
    @inline(__always)
    func stands(_ literal: StaticString, at index: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index >= 0, index &+ count <= text.count else { return false }
        for offset in 0..<count where text[index &+ offset] != literal.utf8Start[offset] { return false }
        return true
    }

    /// The end of the run of bytes that `belong`, at most `limit` bytes further.
    @inline(__always)
    func end(from start: Int, limit: Int = .max, while belongs: (UInt8) -> Bool) -> Int {
        var index = start
        let stop = limit < text.count &- start ? start &+ limit : text.count
        while index < stop, belongs(text[index]) { index &+= 1 }
        return index
    }

    /// The end of the run of letters, digits and `sign`s from `start` on.
    func wordEnd(from start: Int, and sign: UInt8 = 0x5F) -> Int {
        guard let base = text.baseAddress else { return start }
        var end = start
        while end < text.count {
            let length = rz_word_length(base, text.count, end, sign)
            end &+= length
            if length < 16 { break }
        }
        return end
    }

    /// The start of the run of bytes that `belong` and end at `end`, at most `limit` bytes back and not before what is found.
    @inline(__always)
    func start(before end: Int, limit: Int, while belongs: (UInt8) -> Bool) -> Int {
        var index = end
        let floor = max(0, end &- limit)
        while index > floor, belongs(text[index &- 1]) { index &-= 1 }
        return index
    }
}
