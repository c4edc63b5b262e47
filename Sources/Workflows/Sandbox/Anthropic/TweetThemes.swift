/// The words that most tweets share: what they are about, as far as counting can tell.
enum TweetThemes {
    static func of(_ texts: [String], limit: Int = 5) -> [String] {
        var counts: [String: Int] = [:]
        for text in texts {
            let words = text.lowercased().split { !($0.isLetter || $0 == "'") }.map(String.init)
            for word in Set(words) where word.count >= 4 && !common.contains(word) && Lexicon.weights[word] == nil {
                counts[word, default: 0] += 1
            }
        }
        let ranked = counts.filter { $0.value > 1 || texts.count < 5 }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        return ranked.prefix(limit).map(\.key)
    }

    private static let common = Set(
        """
        about after again also always another anyone around away back because been before being came come could didn't
        does doesn't doing don't done down each else even ever every everyone feel feeling find first from gets
        getting give goes going gonna gotta have haven't having here how's into isn't it's just keep know last less
        let's like little long look looking made make makes many maybe mine more most much must myself need never next
        night nothing once only other over people really right said same says seen should since some someone something
        still such take than that that's their them then there there's these they they're thing things think this
        those though time today told tomorrow tonight took under until upon very want wanna wants wasn't watching week
        well went were what what's when where which while will with without won't work would year years yesterday
        you'll you're your user email phone token card iban part absolutely
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
