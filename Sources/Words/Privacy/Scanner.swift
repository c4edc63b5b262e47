/// One pass over UTF-8 text that finds what is personal or secret.
///
/// Linear: each rule starts at a byte that can begin a match, looks a bounded distance ahead or consumes what it matched.
/// No rule backtracks over text of unbounded length.
struct Scanner {
    /// `redact` serves logs and machine text, where numbers and addresses of servers abound and user ids are masked.
    /// `sanitize` serves text that people wrote and that leaves the house: it would rather replace too much.
    enum Purpose {
        case redact
        case sanitize
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let purpose: Purpose
    var findings: [Finding] = []
    var position = 0
    /// Up to here every run was looked at for domains.
    var domainsSeen = 0

    static func findings(in bytes: UnsafeBufferPointer<UInt8>, for purpose: Purpose) -> [Finding] {
        var scanner = Scanner(bytes: bytes, purpose: purpose)
        while scanner.position < bytes.count { scanner.step() }
        return scanner.findings
    }

    private mutating func step() {
        switch bytes[position] {
        case let byte where byte.isWord:
            guard startsWord(position) else { return skipWord() }
            byte.isDigit ? number() : word()
        case UInt8(ascii: "+"), UInt8(ascii: "("):
            if !phoneOrDate(at: position) { position += 1 }
        case UInt8(ascii: ":"):
            if !address6(at: position), !looseURL(at: position) { position += 1 }
        case UInt8(ascii: "@"):
            at(signLength: 1)
        case 0x5C where isEscape(position + 1):
            position += 2
        case 0xEF where matches("＠", at: position):
            at(signLength: 3)
        default:
            position += 1
        }
    }

    private mutating func word() {
        let start = position
        let matched =
            switch purpose {
            case .redact:
                userInfo(at: start) || namedSecret(at: start) || token(at: start) || userID(at: start)
                    || accountNumber(at: start) || address6(at: start)
            case .sanitize:
                url(at: start) || token(at: start) || userID(at: start) || accountNumber(at: start)
                    || address6(at: start) || domain(at: start)
            }
        if !matched, !wordWithNumber(at: start) { skipWord() }
    }

    private mutating func number() {
        let start = position
        if address4(at: start) || address6(at: start) || card(at: start) || phoneOrDate(at: start) { return }
        if purpose == .sanitize, url(at: start) || domain(at: start) { return }
        if purpose == .redact, userInfo(at: start) || namedSecret(at: start) { return }
        if !wordWithNumber(at: start) { skipWord() }
    }

    // MARK: Shared by the rules

    mutating func found(_ kind: PersonalKind, _ range: Range<Int>) {
        findings.append(Finding(kind: kind, range: range))
        position = range.upperBound
    }

    mutating func skipWord() {
        position += 1
        while position < bytes.count, bytes[position].isWord { position += 1 }
    }

    func byte(_ index: Int) -> UInt8 { index >= 0 && index < bytes.count ? bytes[index] : 0 }

    /// What follows a finding will follow a marker, so it starts a word too.
    func startsWord(_ index: Int) -> Bool {
        !byte(index - 1).isWord || isEscape(index - 1) || findings.last?.range.upperBound == index
    }

    /// Whether `index` is the letter of an escape such as `\n`, as text that holds JSON text has: no part of a word.
    private func isEscape(_ index: Int) -> Bool { byte(index - 1) == 0x5C && "nrtbf".utf8.contains(byte(index)) }

    /// Whether `literal`, given in lower case, stands at `index` in any case.
    func matchesIgnoringCase(_ literal: StaticString, at index: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index >= 0, index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset].lowered != literal.utf8Start[offset] { return false }
        return true
    }

    func matches(_ literal: StaticString, at index: Int) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index >= 0, index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != literal.utf8Start[offset] { return false }
        return true
    }

    /// The end of the run of bytes that satisfy `belongs`, at most `limit` bytes further.
    func end(from start: Int, limit: Int = .max, while belongs: (UInt8) -> Bool) -> Int {
        var index = start
        let stop = limit < bytes.count - start ? start + limit : bytes.count
        while index < stop, belongs(bytes[index]) { index += 1 }
        return index
    }
}
