/// Keys and tokens by their shape.
extension Detector {
    /// Looks at the run of signs that the eight bytes at `lane` are part of, once.
    mutating func run(through lane: Int) {
        guard lane >= runsDone else { return }
        let start = start(before: lane, limit: 16) { $0 > 0x2C && $0 < 0x7F }
        let end = end(from: lane + 8) { $0 > 0x2C && $0 < 0x7F }
        runsDone = end
        guard end - start >= 15, end > done else { return }
        if leaves, reads("http", at: start) {
            // An address, most likely, that goes as a whole: its `:` will tell.
            deferredRun = start..<end
            return
        }
        if byte(start - 1) == 0x20, start - 7 >= done, reads("bearer", at: start - 7), bearer(start) { return }
        keys(start, end)
    }

    /// Looks at a run that was thought to be an address.
    mutating func deferredKeys() {
        let run = deferredRun
        deferredRun = 0..<0
        if done < run.upperBound { keys(run.lowerBound, run.upperBound) }
    }

    private mutating func keys(_ start: Int, _ end: Int) {
        let openings = KeyShape.openings
        var index = start
        // Where a look at all of the run found nothing, its parts hold nothing either: each is looked at once.
        var (plainDone, digitless) = (start, start)
        var before = byte(start - 1)
        while index + 12 <= end {
            let byte = text[index]
            if !before.isWord || isEscape(index - 1), byte.isAlphanumeric {
                if openings[Int(byte)], let stop = shapedKey(at: index, &digitless) {
                    key(index..<stop)
                    (index, before) = (stop, 0)
                    continue
                }
                if index >= plainDone {
                    if let stop = unmarkedKey(at: index, &plainDone) {
                        key(index..<stop)
                        (index, before) = (stop, 0)
                        continue
                    }
                }
            }
            before = byte
            index += 1
        }
    }

    /// Settles nothing yet: an address around the key may come into view.
    private mutating func key(_ range: Range<Int>) {
        let settled = done
        found(.token, range)
        done = settled
    }

    private func shapedKey(at start: Int, _ digitless: inout Int) -> Int? {
        let first = text[start]
        for shape in KeyShape.all where shape.prefix.utf8Start[0] == first && stands(shape.prefix, at: start) {
            if shape.needsDigit, start < digitless { continue }
            let body = start + shape.prefix.utf8CodeUnitCount
            var end: Int
            switch shape.body {
            case .signs: end = self.end(from: body) { $0.isKeySign }
            case .capitals: end = self.end(from: body) { $0.isUpper || $0.isDigit }
            case .dotted: end = self.end(from: body) { $0.isKeySign || $0 == 0x2E || $0 == 0x3D }
            case .encoded:
                end = self.end(from: body) {
                    $0.isKeySign || $0 == 0x2E || $0 == 0x3D || $0 == 0x2F || $0 == 0x2B || $0 == 0x25
                }
            }
            while end > body, text[end - 1] == 0x2E || text[end - 1] == 0x2D { end -= 1 }
            guard end - body >= shape.least, !(shape.body == .capitals && byte(end).isWord) else { continue }
            if shape.needsDigit, !hasDigit(body..<end) {
                digitless = end
                continue
            }
            return end
        }
        return nil
    }

    private func hasDigit(_ range: Range<Int>) -> Bool { text[range].contains { $0.isDigit } }

    /// Forty signs and more without a mark, so mixed of capitals, small letters and digits that nobody wrote them; and the
    /// tokens of Telegram's bots.
    private func unmarkedKey(at start: Int, _ plainDone: inout Int) -> Int? {
        let end = end(from: start) { $0.isKeySign || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D }
        plainDone = end
        if byte(end) == 0x3A, (8...10).contains(end - start), stands("AA", at: end + 1), hasOnlyDigits(start..<end) {
            let stop = self.end(from: end + 1) { $0.isKeySign }
            if stop - end >= 31 { return stop }
        }
        guard end - start >= 40 else { return nil }
        return isRandom(start..<end) ? end : nil
    }

    private func hasOnlyDigits(_ range: Range<Int>) -> Bool { text[range].allSatisfy { $0.isDigit } }

    private func isRandom(_ range: Range<Int>) -> Bool {
        var (upper, lower, digits, changes, slashes, last) = (0, 0, 0, 0, 0, 0)
        for byte in text[range.prefix(512)] {
            var kind = 0
            if byte.isUpper {
                (kind, upper) = (1, upper + 1)
            } else if byte.isLower {
                (kind, lower) = (2, lower + 1)
            } else if byte.isDigit {
                (kind, digits) = (3, digits + 1)
            } else if byte != 0x3D {
                slashes += 1
            }
            if kind != last, kind != 0, last != 0 { changes += 1 }
            last = kind
        }
        let count = min(range.count, 512)
        return upper >= 4 && lower >= 4 && digits >= 3 && changes * 3 >= count && slashes * 8 <= count
            && !reads("sha256-", at: range.lowerBound) && !reads("sha384-", at: range.lowerBound)
            && !reads("sha512-", at: range.lowerBound)
    }

    /// What stands behind `Bearer `: sixteen characters, or eight that are more than letters, so that "bearer of bad news"
    /// stays.
    mutating func bearer(_ body: Int) -> Bool {
        let end = end(from: body) { $0.isWord || "-._~+/=".utf8.contains($0) }
        guard end > body else { return false }
        let isMoreThanLetters = text[body..<end].contains { !$0.isLetter }
        guard end - body >= 16 || (end - body >= 8 && isMoreThanLetters) else { return false }
        found(.token, body..<end)
        return true
    }

    // MARK: Hyphens in a row

    /// `-----BEGIN … PRIVATE KEY-----`, and the options of commands: `--password hunter2`.
    mutating func hyphens(at start: Int) {
        if byte(start + 2) == 0x2D {
            if stands("-----BEGIN ", at: start) { keyBlock(start) }
        } else if byte(start + 2).isLetter, !byte(start - 1).isWord {
            option(start + 2)
        }
    }

    private mutating func keyBlock(_ start: Int) {
        let label = end(from: start + 11, limit: 48) { $0.isUpper || $0.isDigit || $0 == 0x20 }
        guard stands("-----", at: label), text[start..<label].contains(0x4B),
            holds("PRIVATE KEY", in: (start + 11)..<label)
        else { return }
        var end = label + 5
        if let foot = keyBlockFoot(from: end) {
            end = self.end(from: foot + 9, limit: 48) { $0 != 0x2D && $0 >= 0x20 }
            end = self.end(from: end, limit: 5) { $0 == 0x2D }
        } else {
            end = self.end(from: end) { $0.isAlphanumeric || $0.isSpace || "+/=\\:,-".utf8.contains($0) }
        }
        found(.token, start..<end)
    }

    private mutating func keyBlockFoot(from start: Int) -> Int? {
        guard !lacksKeyFoot else { return nil }
        var index = start
        while index + 9 <= text.count {
            if text[index] == 0x2D, stands("-----END ", at: index) { return index }
            index += 1
        }
        lacksKeyFoot = true
        return nil
    }

    private func holds(_ literal: StaticString, in range: Range<Int>) -> Bool {
        range.contains { stands(literal, at: $0) }
    }

    private mutating func option(_ name: Int) {
        let nameEnd = end(from: name, limit: 48) { $0.isWord || $0 == 0x2D }
        guard byte(nameEnd) == 0x20, byte(nameEnd + 1) > 0x2D || byte(nameEnd + 1).isQuote,
            let kind = SensitiveName.secret(slice(name..<nameEnd)), !leaves || nameEnd - name > 4
        else { return }
        var value = nameEnd + 1
        let quote = byte(value).isQuote ? byte(value) : 0
        if quote != 0 { value += 1 }
        let end = end(from: value) { quote != 0 ? $0 != quote && $0 != 0x0A : !$0.isSpace && !$0.isQuote }
        guard end > value, !isMarker(value, end) else { return }
        found(leaves ? .token : kind, value..<end)
    }
}
