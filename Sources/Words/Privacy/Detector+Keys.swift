/// Keys and tokens by their shape.
extension Detector {
    /// Looks at the run of signs that the eight bytes at `lane` are part of, once.
    /// `signs` are those of the block around, in which `lane` is at `place`: most runs lie inside of a block.
    mutating func run(through lane: Int, _ signs: UInt64, at place: UInt64) {
        let before = place == 0 ? 0 : (~(signs &<< (64 &- place))).leadingZeroBitCount
        let after = (~(signs &>> place)).trailingZeroBitCount
        var (start, end) = (lane &- min(before, Int(place)), lane &+ after)
        if before >= place { start = self.start(before: start, limit: 16) { $0 > 0x2C && $0 < 0x80 } }
        if place &+ UInt64(after) > 63 { end = self.end(from: end) { $0 > 0x2C && $0 < 0x80 } }
        if byte(start - 1) == 0x2B || byte(end) == 0x2B { (start, end) = joined(start, end) }
        runsDone = end
        guard end - start >= 15, end > done, !isMoment(start, end) else { return }
        if leaves, start + 4 >= lane, reads("https:", at: start) || reads("http:", at: start) {
            // An address, most likely, that goes as a whole: its `:`, which is still to come, will tell.
            deferredRun = start..<end
            return
        }
        if byte(start - 1) == 0x20, reads("bearer", at: start - 7) {
            desk.pointee.take(before: start)
            if start - 7 >= max(done, foundEnd), bearer(start) { return }
        }
        keys(start, end)
    }

    /// A run with what stands before and behind the `+`s at its ends: they are among the signs of base64, but seldom in words.
    private func joined(_ start: Int, _ end: Int) -> (Int, Int) {
        let floor = max(done, start - 64)
        let first = self.start(before: start, limit: start - floor) { $0 > 0x2A && $0 != 0x2C && $0 < 0x80 }
        return (first, self.end(from: end) { $0 > 0x2A && $0 != 0x2C && $0 < 0x80 })
    }

    /// `2026-11-23T10:30:45.042Z`, with which most lines of a log begin.
    private func isMoment(_ start: Int, _ end: Int) -> Bool {
        text[start].isDigit && end - start <= 35 && text[start + 4] == 0x2D && text[start + 7] == 0x2D
            && text[start + 10] == 0x54 && text[start + 13] == 0x3A
    }

    /// Looks at a run that was thought to be an address.
    mutating func deferredKeys() {
        let run = deferredRun
        deferredRun = 0..<0
        if done < run.upperBound { keys(run.lowerBound, run.upperBound) }
    }

    private mutating func keys(_ start: Int, _ end: Int) {
        var index = byte(start - 1).isWord && !isEscape(start - 1) ? wordEnd(from: start) : start
        // Where a look at all of the run found nothing, its parts hold nothing either: each is looked at once.
        // Keys without a mark are long.
        var (plainDone, digitless) = (end - start < 40 ? end : start, start)
        while index + 12 <= end {
            guard text[index].isWord else {
                index += 1
                continue
            }
            // The letter of an escape may be a word's first, too.
            var stop = keyEnd(at: index, &plainDone, &digitless)
            if stop == nil, isEscape(index) {
                index += 1
                stop = keyEnd(at: index, &plainDone, &digitless)
            }
            if let stop { foundAhead(index..<stop) }
            index = stop ?? wordEnd(from: index)
        }
    }

    private func keyEnd(at start: Int, _ plainDone: inout Int, _ digitless: inout Int) -> Int? {
        guard text[start].isAlphanumeric else { return nil }
        if let stop = shapedKey(at: start, &digitless) { return stop }
        return start >= plainDone ? unmarkedKey(at: start, &plainDone) : nil
    }

    func shapedKey(at start: Int, _ digitless: inout Int) -> Int? {
        let table = KeyShape.table
        guard table.mayBegin(with: text[start], byte(start + 1)) else { return nil }
        for shape in table[text[start]] where stands(shape.prefix, at: start) {
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
        var end = end(from: start) { $0.isKeySign || $0 == 0x2B || $0 == 0x2F }
        plainDone = end
        // What fills up base64; a `=` with more behind it belongs to a name.
        let filled = self.end(from: end, limit: 2) { $0 == 0x3D }
        if !byte(filled).isKeySign { end = filled }
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
        // The secret keys of AWS are forty signs of base64, which few digits may be among.
        let isSecretKey = range.count == 40 && digits > 0 && changes * 10 >= 3 * count && slashes > 0
        let isMixed = digits >= 3 && changes * 3 >= count
        return upper >= 4 && lower >= 4 && (isMixed || isSecretKey) && slashes * 8 <= count
            && !reads("sha256-", at: range.lowerBound) && !reads("sha384-", at: range.lowerBound)
            && !reads("sha512-", at: range.lowerBound)
    }

    /// What stands behind `Bearer `: sixteen characters, or eight that are more than letters, so that "bearer of bad news"
    /// stays.
    mutating func bearer(_ body: Int) -> Bool {
        var end = end(from: body) { $0.isWord || $0.isOne(of: "-._~+/=") }
        let isName = end > body && byte(end) == 0x5B && text[end - 1] == 0x3D  // password=[PASSWORD]
        if isName { end -= 1 }
        let isMoreThanLetters = !isName && text[body..<end].contains { !$0.isLetter }
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
            end = self.end(from: end) { $0.isAlphanumeric || $0.isSpace || $0.isOne(of: "+/=\\:,-") }
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
            let kind = SensitiveName.secret(slice(name..<nameEnd)), !leaves || nameEnd - name > 4,
            text[name..<nameEnd].count(where: \.isDigit) < 5
        else { return }
        var value = nameEnd + 1
        let quote = byte(value).isQuote ? byte(value) : 0
        if quote != 0 { value += 1 }
        let end = end(from: value) { quote != 0 ? $0 != quote && $0 != 0x0A : !$0.isSpace && !$0.isQuote }
        guard end > value, !isMarker(value, end), !isNothing(value, end) else { return }
        found(leaves ? .token : kind, value..<end)
    }
}
