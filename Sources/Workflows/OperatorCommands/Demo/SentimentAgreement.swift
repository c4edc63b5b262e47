/// How often the signs of two judgements agree, over the tweets that the file rates as other than zero.
struct SentimentAgreement: Equatable {
    /// How many tweets were compared.
    let count: Int
    let agreeing: Int
    /// The share that would agree if the two had nothing to do with each other, going by how often each says what.
    let chance: Double

    var share: Double { count == 0 ? 0 : Double(agreeing) / Double(count) }
    var isBetterThanChance: Bool { count > 0 && share > chance }

    /// `stored` maps tweet ids to positive, negative, neutral or mixed; the last two agree with neither sign.
    init(stored: [String: String], ratings: [String: Double]) {
        var (count, agreeing) = (0, 0)
        var (ratedUp, ratedDown, storedUp, storedDown) = (0, 0, 0, 0)
        for (id, sentiment) in stored {
            guard let rating = ratings[id], rating != 0 else { continue }
            count += 1
            if rating > 0 { ratedUp += 1 } else { ratedDown += 1 }
            if sentiment == "positive" { storedUp += 1 }
            if sentiment == "negative" { storedDown += 1 }
            if sentiment == (rating > 0 ? "positive" : "negative") { agreeing += 1 }
        }
        let square = max(1, Double(count) * Double(count))
        self.count = count
        self.agreeing = agreeing
        chance = (Double(ratedUp) * Double(storedUp) + Double(ratedDown) * Double(storedDown)) / square
    }

    var words: String {
        "\(Plain.percent(share)) of \(count) rated tweets have the sign that people gave them; chance would give "
            + Plain.percent(chance)
    }
}
