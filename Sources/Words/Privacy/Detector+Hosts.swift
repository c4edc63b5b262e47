/// Names of hosts without a scheme, by the rules that tweets follow.
extension Detector {
    /// At a `.` inside a word: all of the run of labels that it belongs to is judged at once.
    mutating func host(at dot: Int) {
        let floor = max(done, hostsDone, dot - 255)
        var start = dot
        while start > floor {
            if text[start - 1].isHost {
                start -= 1
            } else if let letter = accentStart(before: start), letter >= floor {
                start = letter
            } else {
                break
            }
        }
        let run = hostRunEnd(from: dot)
        hostsDone = run
        let before = byte(start - 1)
        if start > done || done == 0 {
            switch before {
            case 0x40, 0x24, 0x23: return
            case 0x2F: if !isAfterBrokenScheme(start) { return }
            default: break
            }
        } else if let last = previous, last.range.upperBound == start, last.kind == .user {
            return  // what follows a mention belongs to it
        }
        if reads("www.", at: start), dot == start + 3, isLoneName(start + 4, run) {
            found(.url, start..<addressTailEnd(from: run))
        } else {
            judge(start, run)
        }
    }

    /// Whether what follows `www.` is one label: somebody forgot the rest.
    private func isLoneName(_ start: Int, _ end: Int) -> Bool {
        end - start >= 3 && isLabel(start, end, isLast: true) && !text[start..<end].contains(0x2E)
    }

    /// `http:// example.com` is handled by the space; `http:///example.com` here.
    private func isAfterBrokenScheme(_ start: Int) -> Bool { stands(":///", at: start - 4) }

    private func hostRunEnd(from start: Int) -> Int {
        var end = start
        while end < text.count {
            if text[end].isHost {
                end += 1
            } else if isLatinAccent(at: end) {
                end += text[end] == 0xE1 ? 3 : 2
            } else {
                break
            }
        }
        return min(end, text.count)
    }

    /// The start of an accented letter that ends at `end`.
    private func accentStart(before end: Int) -> Int? {
        guard byte(end - 1).isContinuation else { return nil }
        if isLatinAccent(at: end - 2), byte(end - 2) != 0xE1 { return end - 2 }
        return byte(end - 3) == 0xE1 && isLatinAccent(at: end - 3) ? end - 3 : nil
    }

    /// The last label that is a top level ends the name.
    private mutating func judge(_ start: Int, _ run: Int) {
        var labelEnd = run
        var dot = run - 1
        // A name in another script may follow the last dot.
        if text[dot] == 0x2E, byte(run) >= 0x80, let end = internationalTopLevelEnd(run, text.count),
            let first = nameStart(start, dot)
        {
            return found(.url, first..<addressTailEnd(from: end))
        }
        while dot > start {
            if text[dot] == 0x2E {
                if let end = topLevelEnd(dot + 1, labelEnd), let first = nameStart(start, dot) {
                    if !isSentenceEnd(first, dot, end) { return found(.url, first..<addressTailEnd(from: end)) }
                }
                labelEnd = dot
            }
            dot -= 1
        }
    }

    /// The end of a top level that begins at `start`; `@`, `+` and `-` may not follow.
    func topLevelEnd(_ start: Int, _ end: Int) -> Int? {
        let label = self.end(from: start, limit: min(64, end - start)) { $0.isAlphanumeric || $0 == 0x2D }
        guard label - start >= 2, byte(label) != 0x40, byte(label) != 0x2B else { return nil }
        if reads("xn--", at: start), label - start > 5 { return label }
        guard label - start <= 24 else { return nil }
        return TopLevelDomains.ascii(slice(start..<label)) != 0 ? label : nil
    }

    /// The end of a top level in another script that begins at `start`: the longest there is.
    func internationalTopLevelEnd(_ start: Int, _ end: Int) -> Int? {
        var best: Int?
        var index = start
        let stop = min(end, start + TopLevelDomains.longestInternational)
        while index < stop {
            let length = nameScalarLength(at: index)
            guard length > 0, index + length <= stop else { break }
            index += length
            if TopLevelDomains.international(slice(start..<index)) != 0 { best = index }
        }
        return best
    }

    /// Where a name that ends before `dot` begins, if its labels are well formed. Dots in a row end what was before.
    func nameStart(_ start: Int, _ dot: Int) -> Int? {
        var end = dot
        while true {
            let label = self.start(before: end, limit: min(190, end - start)) { $0 != 0x2E }
            guard label < end, isLabel(label, end, isLast: end == dot) else { return nil }
            // No name is longer: then all of it is none, and goes.
            if label == start || dot - label > 253 { return start }
            if label - 2 >= start, text[label - 2] == 0x2E { return label }
            if label - 1 == start || text[label - 1] != 0x2E { return nil }
            end = label - 1
        }
    }

    /// The last label before the top level holds no underscore; no label begins or ends with a sign.
    func isLabel(_ start: Int, _ end: Int, isLast: Bool) -> Bool {
        let (head, tail) = (text[start], text[end - 1])
        // Sixty-three signs; those beyond ASCII take up to three bytes.
        guard end - start <= (head < 0x80 && tail < 0x80 ? 63 : 189) else { return false }
        guard head != 0x2D, head != 0x5F, tail != 0x2D, tail != 0x5F else { return false }
        guard isLast else { return true }
        var index = start
        while index < end {
            if text[index] == 0x5F { return false }
            index += 1
        }
        return true
    }

    /// A full stop without its space rather than an address: `Damn!Great.Yes`, unless all of the address is written like
    /// that, and `so tired.so am I`, where the sentence goes on.
    private mutating func isSentenceEnd(_ start: Int, _ dot: Int, _ end: Int) -> Bool {
        guard byte(end) != 0x2F, byte(end) != 0x3F, byte(end) != 0x3A else { return false }
        if text[dot + 1].isUpper, text[end - 1].isLower {
            return
                !(end - dot == 4
                && (reads("com", at: dot + 1) || reads("net", at: dot + 1) || reads("org", at: dot + 1)))
        }
        guard end - dot == 3, byte(end) == 0x20, byte(end + 1).isLetter, !text[start..<dot].contains(0x2E),
            Self.smallWords(slice((dot + 1)..<end)) != 0
        else { return false }
        isUnsettled = true
        let next = self.end(from: end + 1, limit: 32) { $0.isLetter || $0 == 0x27 }
        return byte(next) != 0x2E || !byte(next + 1).isLetter
    }

    /// Top levels that are English words too.
    private static let smallWords = WordTable([(1, "so it is in at no do as am my to")])
}

extension UInt8 {
    /// Signs of names of hosts, with the underscore that subdomains may hold.
    var isHost: Bool { isWord || self == 0x2D || self == 0x2E }
}
