/// URLs with a scheme, looked for from their `://`.
extension Detector {
    /// True if the `://` at `colon` was dealt with.
    mutating func address(at colon: Int) -> Bool {
        guard leaves else { return userInfo(at: colon) || webhook(at: colon) }
        let run = max(
            start(before: colon, limit: 24) { $0.isAlphanumeric || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E }, 0)
        guard run < colon, byte(colon + 3) > 0x20 else { return false }
        let isSecure = reads("https", at: colon - 5)
        if isSecure || reads("http", at: colon - 4) {
            web(colon - (isSecure ? 5 : 4), host: colon + 3)
            return true
        }
        let start = end(from: run) { !$0.isLetter }
        guard start < colon else { return false }
        let end = looseEnd(from: colon + 3)
        if end > colon + 3 { found(.url, start..<end) }
        return true
    }

    private mutating func web(_ start: Int, host: Int) {
        let before = byte(start - 1)
        // What Twitter makes of every link.
        if reads("t.co/", at: host), before == 0x20 || start == 0, let end = shortenedEnd(from: host + 4) {
            hostsDone = max(hostsDone, host + 4)
            return found(.url, start..<end)
        }
        let run = webHostEnd(from: host)
        hostsDone = max(hostsDone, run)
        guard before != 0x24 else { return }  // a cashtag
        let isMarked = before == 0x23 || before == 0x40
        if let end = webNameEnd(host, run) {
            let tail = isShortened(host, end) ? shortenedEnd(from: end) : addressTailEnd(from: end)
            guard let tail, !isMarked || tail > end + 1 else { return }
            found(.url, start..<tail)
        } else if let end = unlistedNameEnd(host, run), !isMarked || byte(end) == 0x2F {
            found(.url, start..<addressTailEnd(from: end))
        } else if !isMarked || byte(run) == 0x2F, isHostAnyway(host, run) {
            found(.url, start..<looseEnd(from: host))
        }
    }

    private func webHostEnd(from start: Int) -> Int {
        var end = start
        while end < text.count {
            if text[end].isHost {
                end += 1
            } else {
                let length = text[end] < 0x80 ? 0 : nameScalarLength(at: end)
                if length == 0 { break }
                end += length
            }
        }
        return min(end, text.count)
    }

    /// The end of a name that the Internet can resolve.
    private func webNameEnd(_ host: Int, _ run: Int) -> Int? {
        var (dot, labelEnd) = (run - 1, run)
        while dot > host {
            if text[dot] == 0x2E {
                let end =
                    byte(dot + 1) < 0x80
                    ? topLevelEnd(dot + 1, labelEnd) : internationalTopLevelEnd(dot + 1, labelEnd)
                if let end, nameStart(host, dot) == host, !isMixedPunycode(host, dot) { return end }
                labelEnd = dot
            }
            dot -= 1
        }
        return nil
    }

    /// The end of a well-formed name under a top level that is not in the list, as new ones come up.
    private func unlistedNameEnd(_ host: Int, _ run: Int) -> Int? {
        guard let dot = text[host..<run].lastIndex(of: 0x2E), dot > host, run - dot > 2 else { return nil }
        guard text[(dot + 1)..<run].allSatisfy({ $0.isLetter || $0 >= 0x80 }), nameStart(host, dot) == host,
            byte(run) != 0x40
        else {
            return nil
        }
        return isMixedPunycode(host, dot) ? nil : run
    }

    private func isMixedPunycode(_ start: Int, _ end: Int) -> Bool {
        reads("xn--", at: start) && text[start..<end].contains { $0 >= 0x80 }
    }

    /// Addresses that no name server knows and that may tell something all the same: those of machines, of the house, with
    /// a password, a port or a path, and those that were cut off or blacked out.
    private func isHostAnyway(_ host: Int, _ run: Int) -> Bool {
        if byte(host) == 0x5B {
            // [2001:db8::1]
            return markerEnd(from: host) == nil
        }
        let authority = end(from: host, limit: 512) { $0 > 0x20 && !$0.isOne(of: "/?#\"<>") }
        if text[host..<authority].contains(0x40) { return true }
        guard run > host else { return byte(run) == 0x2F && byte(run + 1) > 0x20 }
        let isTooLong = run - host > 253
        if isTooLong || isMixedPunycode(host, run) { return false }
        // A label that is too long for a name server, with a name's end behind it.
        if run - host > 63, let dot = text[host..<run].lastIndex(of: 0x2E), topLevelEnd(dot + 1, run) == run {
            return true
        }
        switch byte(run) {
        case 0x2F, 0x3F: return byte(run + 1) > 0x20 || isAddress4(host, run) || reads("localhost", at: host)
        case 0x3A: return byte(run + 1).isDigit || stands("://", at: run)
        case 0xE2: return byte(run + 1) == 0x80 && byte(run + 2) == 0xA6  // …
        default: break
        }
        let name = text[run - 1] == 0x2E ? run - 1 : run
        if stands("...", at: run - 3) || isAddress4(host, name) || reads("localhost", at: host) { return true }
        let isSingle = !text[host..<run].contains(0x2E)
        return isSingle && text[host..<run].contains(0x5F)
    }

    private func isAddress4(_ start: Int, _ end: Int) -> Bool { ip4End(from: start) == end }

    private func isShortened(_ host: Int, _ end: Int) -> Bool { end - host == 4 && reads("t.co", at: host) }

    /// Behind `t.co`: a slash, up to forty letters and digits, a query. Nil with more.
    private func shortenedEnd(from end: Int) -> Int? {
        guard byte(end) == 0x2F else { return addressTailEnd(from: end) }
        let slug = wordEnd(from: end + 1, and: 0x30)
        guard slug - end <= 41 else { return nil }
        return queryEnd(from: slug)
    }

    // MARK: Port, path and query

    /// The end of what belongs to an address behind its host.
    func addressTailEnd(from host: Int) -> Int {
        var end = host
        if byte(end) == 0x3A {
            let port = self.end(from: end + 1) { $0.isDigit }
            if port > end + 1 { end = port }
        }
        if byte(end) == 0x2F { end = pathEnd(from: end) }
        return queryEnd(from: end)
    }

    private func pathEnd(from slash: Int) -> Int {
        var index = slash + 1
        var end = index
        while index < text.count {
            let byte = text[index]
            switch byte {
            case 0x5B where markerEnd(from: index) != nil: return end
            case 0x28:
                guard let close = balanced(from: index) else { return end }
                (index, end) = (close, close)
            case 0xD0...0xD3:
                index += 2
                end = index
            case 0xE2 where self.byte(index + 1) == 0x80 && self.byte(index + 2) == 0x93:
                index += 3
            default:
                if byte.isPathEnd {
                    index += 1
                    end = index
                } else if byte.isPath {
                    index += 1
                } else if isLatinAccent(at: index) {
                    index += byte == 0xE1 ? 3 : 2
                    end = index
                } else {
                    return end
                }
            }
        }
        return min(end, text.count)
    }

    /// The end of `(…)` with at most one pair inside.
    private func balanced(from open: Int) -> Int? {
        var depth = 0
        var index = open
        let stop = min(text.count, open + 256)
        while index < stop {
            let byte = text[index]
            if byte == 0x28 {
                depth += 1
                if depth > 2 { return nil }
            } else if byte == 0x29 {
                depth -= 1
                if depth == 0 { return index > open + 1 ? index + 1 : nil }
            } else if !byte.isPath, !byte.isPathEnd, byte < 0x80 {
                return nil
            }
            index += 1
        }
        return nil
    }

    private func queryEnd(from mark: Int) -> Int {
        guard byte(mark) == 0x3F else { return mark }
        var end = mark
        var index = mark + 1
        while index < text.count, text[index].isQuery, text[index] != 0x5B || markerEnd(from: index) == nil {
            index += 1
            if text[index - 1].isQueryEnd { end = index }
        }
        return end
    }

    /// Up to a space or quote, less the punctuation of the sentence around it.
    private func looseEnd(from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] > 0x20, !text[end].isOne(of: "\"<>`") {
            if text[end] >= 0x80, stands("\u{A0}", at: end) || stands("\u{3000}", at: end) || stands("…", at: end) {
                break
            }
            if text[end] == 0x5B, markerEnd(from: end) != nil { break }
            end += 1
        }
        while end > start, text[end - 1].isOne(of: ".,;:!?)]}'*_") { end -= 1 }
        return end
    }
}

extension UInt8 {
    fileprivate var isPath: Bool {
        isPathEnd || self == 0x21 || self == 0x24 || self == 0x25 || self == 0x26 || self == 0x27 || self == 0x2A
            || self == 0x2C
            || self == 0x2E || self == 0x3A || self == 0x3B || self == 0x40 || self == 0x5B || self == 0x5D
            || self == 0x7C
            || self == 0x7E
    }
    fileprivate var isPathEnd: Bool {
        isWord || self == 0x2F || self == 0x2D || self == 0x3D || self == 0x23 || self == 0x2B
    }
    fileprivate var isQuery: Bool { isPath || self == 0x3F || self == 0x28 || self == 0x29 }
    fileprivate var isQueryEnd: Bool {
        isWord || self == 0x2F || self == 0x2D || self == 0x3D || self == 0x23 || self == 0x26
    }
}
