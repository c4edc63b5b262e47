/// Letters without their accents and without regard to script, for comparing names.
enum PlainLetter {
    /// What one scalar of a name is compared as: small, without accents, Latin where it looks so. 0 if it counts for nothing.
    static func of(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return UInt32(UInt8(scalar).lowered) }
        if let ascii = LookAlike.ascii(scalar) { return ascii == LookAlike.unseen ? 0 : UInt32(ascii.lowered) }
        switch scalar {
        case 0xC0...0x24F: return letter(latin, scalar - 0xC0, else: scalar)
        case 0x300...0x36F: return 0
        case 0x370...0x52F: return alike(lowered(scalar))
        case 0x1E00...0x1EFF: return letter(additional, scalar - 0x1E00, else: scalar)
        default: return lowered(scalar)
        }
    }

    private static func letter(_ table: [UInt8], _ place: UInt32, else scalar: UInt32) -> UInt32 {
        let plain = table[Int(place)]
        return plain == UInt8(ascii: "?") ? lowered(scalar) : UInt32(plain)
    }

    private static func lowered(_ scalar: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(scalar) else { return 0 }
        return scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
    }

    /// Greek and Cyrillic small letters that look Latin, and Greek ones without their accents.
    private static func alike(_ scalar: UInt32) -> UInt32 {
        guard let place = pairs.firstIndex(where: { $0.0 == scalar }) else { return scalar }
        return pairs[place].1
    }

    private static let pairs: [(UInt32, UInt32)] = zip(
        "аеорсхуіѕјёйάέήίόύώϊϋΐΰςο".unicodeScalars, "aeopcxyisjeиαεηιουωιυιυσo".unicodeScalars
    ).map { ($0.value, $1.value) }

    /// The letters from U+00C0 to U+024F, by Unicode's decompositions; `?` where there is none.
    private static let latin = Array(
        """
        aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiiidnooooo?ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggggggg\
        hhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs????????\
        ???????e?ff?????????????oo?????????????uu???????????????????dddlllnnnaaiioouuuuuuuuuu?aaaaaa??ggkkoo\
        oo??jdddgg??nnaaaaooaaaaeeeeiiiioooorrrruuuusstt??hh??????aaeeooooooooyy????????????????????????????
        """.utf8)

    /// The letters from U+1E00 to U+1EFF.
    private static let additional = Array(
        """
        aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssss\
        ssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas??s?aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee\
        iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy??????
        """.utf8)
}
