/// Top levels that make a run of labels an address when no scheme says so.
enum TopLevelDomains {
    static let common: Set<[UInt8]> = set(
        """
        com net org edu gov mil int info biz name pro mobi app dev io ai co tv ly gl gd me us uk eu de fr es pt nl ch se fi \
        dk pl cz ru ua jp cn kr tw hk sg au nz ca mx br ar cl pe za ng ke il ae tr gr hu ro bg ie lu li ee lv lt sk si hr rs \
        th vn ph pk xyz online site shop store blog club tech news cloud link page live media social network world space top \
        fm sh cc ws gg
        """)

    /// Top levels that are English words too: "tired.so am I" is no address. They need a path or a third label.
    static let words: Set<[UInt8]> = set(
        "it so to is in at be my no am do as an im id la pm ms mr st art fun win love today")

    private static func set(_ words: String) -> Set<[UInt8]> {
        Set(words.split(separator: " ").map { Array($0.utf8) })
    }
}
