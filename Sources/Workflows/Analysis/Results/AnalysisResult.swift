import AnthropicAPI
import Contracts
import FoundationEssentials

/// Many parts put together: what is stored as `analyses.result` (topology/schemas/analysis-result.json). A pure function of the parts and
/// of the tweets that are there: each tweet counts once, one that is gone not at all, and the order of the parts changes nothing but ties.
struct AnalysisResult: Equatable, Sendable {
    struct Counts: Equatable, Sendable {
        var positive = 0
        var neutral = 0
        var negative = 0

        init(_ verdicts: some Sequence<AnalysisPart.Verdict>) {
            for verdict in verdicts {
                switch verdict.sentiment {
                case .positive: positive += 1
                case .neutral: neutral += 1
                case .negative: negative += 1
                }
            }
        }
    }

    /// ISO 8601 weeks, UTC.
    struct Week: Equatable, Sendable {
        /// The Monday, `2026-11-23`.
        let monday: String
        let tweets: Int
        let score: Double
        let counts: Counts
    }

    struct Hazard: Equatable, Sendable {
        let risk: ReputationRisk
        let tweets: [String]
    }

    let verdicts: [AnalysisPart.Verdict]
    let overall: OverallSentiment
    let counts: Counts
    /// At most 10, most frequent first.
    let themes: [String]
    /// At most 10 ids, strongest first.
    let notable: [String]
    let weeks: [Week]
    let risks: [Hazard]
    /// The model's own words when it saw all tweets at once; the bare numbers otherwise.
    let summary: String
    let declined: [String]
    let models: [String]
    let receipts: [PromptReceipt]
    let withheld: Int

    init(_ parts: [AnalysisPart], of tweets: [StoredTweet]) {
        var verdictOf: [String: AnalysisPart.Verdict] = [:]
        for verdict in parts.flatMap(\.verdicts) where verdictOf[verdict.id] == nil { verdictOf[verdict.id] = verdict }
        verdicts = tweets.compactMap { verdictOf[$0.id] }
        let judged = Set(verdicts.map(\.id))
        overall = OverallSentiment(verdicts.map { ($0.sentiment, $0.score) })
        counts = Counts(verdicts)
        themes = Self.themes(parts)
        notable = Self.notable(parts, verdicts, judged)
        weeks = Self.weeks(tweets, verdictOf)
        risks = Self.risks(parts, judged, tweets.map(\.id))
        let refused = Set(parts.flatMap(\.declined)).subtracting(judged)
        declined = tweets.map(\.id).filter { refused.contains($0) }
        let answered = parts.filter { !$0.verdicts.isEmpty }
        models = Array(Set(answered.map(\.model))).sorted()
        receipts = parts.compactMap(\.receipt)
        withheld = parts.reduce(0) { $0 + $1.withheld }
        let all = verdicts.count
        let own = answered.filter { $0.verdicts.count == all }.map(\.summary).first { !$0.isEmpty }
        summary = own ?? Self.numbers(counts)
    }

    // MARK: Each of them

    private static func themes(_ parts: [AnalysisPart]) -> [String] {
        var weights: [String: Int] = [:]
        var names: [String: String] = [:]
        for part in parts {
            for theme in part.themes {
                let key = theme.lowercased()
                // A theme weighs as many tweets as it was said of.
                weights[key, default: 0] += max(1, part.verdicts.count)
                names[key] = min(names[key] ?? theme, theme)
            }
        }
        let ranked = weights.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        return ranked.prefix(10).compactMap { names[$0.key] }
    }

    /// Those that a model named, then those with the strongest tone.
    private static func notable(
        _ parts: [AnalysisPart], _ verdicts: [AnalysisPart.Verdict], _ judged: Set<String>
    ) -> [String] {
        let named = Set(parts.flatMap(\.notable)).intersection(judged)
        func strongest(_ verdicts: [AnalysisPart.Verdict]) -> [String] {
            verdicts.sorted { abs($0.score) != abs($1.score) ? abs($0.score) > abs($1.score) : $0.id > $1.id }.map(\.id)
        }
        let first = strongest(verdicts.filter { named.contains($0.id) })
        let rest = strongest(verdicts.filter { !named.contains($0.id) && abs($0.score) >= 0.6 })
        return Array((first + rest).prefix(10))
    }

    private static func weeks(_ tweets: [StoredTweet], _ verdictOf: [String: AnalysisPart.Verdict]) -> [Week] {
        var byWeek: [Int: [AnalysisPart.Verdict]] = [:]
        for tweet in tweets {
            guard let posted = tweet.postedAt, let verdict = verdictOf[tweet.id] else { continue }
            byWeek[week(of: posted), default: []].append(verdict)
        }
        return byWeek.sorted { $0.key < $1.key }.map { week, verdicts in
            Week(
                monday: monday(of: week), tweets: verdicts.count,
                score: OverallSentiment(verdicts.map { ($0.sentiment, $0.score) }).score.rounded(places: 4),
                counts: Counts(verdicts))
        }
    }

    private static func risks(_ parts: [AnalysisPart], _ judged: Set<String>, _ order: [String]) -> [Hazard] {
        let all = Set(parts.flatMap(\.risks).filter { judged.contains($0.id) })
        return ReputationRisk.allCases.compactMap { risk in
            let ids = order.filter { all.contains(AnalysisPart.Risk(id: $0, risk: risk)) }
            return ids.isEmpty ? nil : Hazard(risk: risk, tweets: ids)
        }
    }

    private static func numbers(_ counts: Counts) -> String {
        let total = counts.positive + counts.neutral + counts.negative
        return "\(total) tweets: \(counts.positive) positive, \(counts.neutral) neutral, \(counts.negative) negative."
    }

    /// Counted in weeks from Monday, 29 December 1969.
    private static func week(of time: Date) -> Int {
        Int(((time.timeIntervalSince1970 + 3 * 86_400) / (7 * 86_400)).rounded(.down))
    }

    private static func monday(of week: Int) -> String {
        String(RFC3339.text(Date(timeIntervalSince1970: Double(week * 7 - 3) * 86_400)).prefix(10))
    }
}

extension Double {
    func rounded(places: Int) -> Double {
        let factor = [1.0, 10, 100, 1_000, 10_000][min(max(places, 0), 4)]
        return (self * factor).rounded() / factor
    }
}
