/// What X forbids to derive, infer or store about its users (developer terms, "Restricted uses": health, finances, politics, origin,
/// religion, sex life, union membership, crime), as beginnings of words in the languages that a model may fall into.
enum ForbiddenInference {
    static func isHinted(by words: [Substring]) -> Bool {
        words.contains { word in stems.contains { word.hasPrefix($0) } || whole.contains(word) }
            || zip(words, words.dropFirst()).contains { pairs.contains("\($0) \($1)") }
    }

    private static func list(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    private static let stems: [Substring] = [
        // Health
        """
        health illness disease cancer depress anxiet anxious diagnos therap medic pregnan disab disorder autis addict alcoholi bipolar diabet
        suicid symptom hospital patholog psychiat psycholog insomni surg salud enferm santé malad gesund krank depri schwanger saúde salute
        """,
        // Finances
        "bankrupt insolven indebt mortgag poverty unemploy financ deuda endeud schuld pleite arbeitslos dette chômage disoccup",
        // Politics
        """
        politic politi partisan democrat republican conservativ liberal socialis communis fascis anarchis leftis leftw rightw election elector
        voter voting vote parliament congress senat wähl partei élect eleccion govern
        """,
        // Origin
        """
        racial racis ethnic immigra migrant refugee hispanic latino latina latinx african caucasian skin-colo skincolo nationali indigen jewish
        arab gypsy
        """,
        // Religion
        """
        religio christian catholic protestant muslim islam judais hindu buddhis atheis agnostic evangelic church mosque synagog prayer bible quran
        koran faith spiritual theolog iglesia église kirche glaub
        """,
        // Sex life
        "sexual sexua homosex bisex heterosex transgend transsex lesbian queer lgbt nonbinar polyamor erotic pornogr",
        // Unions
        "unionis sindica syndica gewerkschaft sindicat",
        // Crime
        """
        crime crimin felon convict prison jail inmate murder theft thief fraud arrest illegal drug narcot cocain heroin delinquen straf verbrech
        délit delito
        """,
    ].flatMap(list)

    private static let whole = Set(
        list(
            "sick ill debt loan debts loans poor race black jew jews gay straight sex union strike god allah gott dieu dios hiv aids adhd ptsd ocd"
        ))

    private static let pairs: Set<String> = [
        "left wing", "right wing", "far left", "far right", "skin color", "skin colour", "labor union", "trade union",
        "mental state",
    ]
}
