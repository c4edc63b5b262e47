/// Words and what they weigh, from -4 (worst) to 4 (best). Written for this sandbox; English, small and honest.
enum Lexicon {
    static let weights: [String: Double] = {
        var weights: [String: Double] = [:]
        for (weight, words) in LexiconWords.positive + LexiconWords.negative {
            for word in words.split(whereSeparator: \.isWhitespace) { weights[String(word)] = weight }
        }
        return weights
    }()

    /// Turn round what follows.
    static let negations = Set(
        """
        not no never none nobody nothing neither nor cannot without hardly barely nowhere lack lacks lacking ain't
        aint cant can't dont don't doesnt doesn't didnt didn't isnt isn't wasnt wasn't werent weren't arent aren't
        wont won't wouldnt wouldn't couldnt couldn't shouldnt shouldn't havent haven't hasnt hasn't hadnt hadn't
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Make the next word weigh more or less.
    static let intensifiers: [String: Double] = {
        var factors: [String: Double] = [:]
        let strong = """
            very really so too extremely absolutely totally completely super incredibly truly deeply fucking freaking
            frickin damn bloody insanely seriously utterly highly most such hella mega
            """
        let weak = "slightly somewhat kinda sorta little bit almost partly rather fairly less mildly"
        for word in strong.split(whereSeparator: \.isWhitespace) { factors[String(word)] = 1.3 }
        for word in weak.split(whereSeparator: \.isWhitespace) { factors[String(word)] = 0.7 }
        return factors
    }()

    static let emoticons: [String: Double] = {
        var weights: [String: Double] = [:]
        let groups: [(Double, String)] = [
            (2.2, ":) :-) =) (: (-: :] =] ;) ;-) :o) ^_^ ^^ :') c: 8) :> =P :P :-P :p ;P xP"),
            (3, ":D :-D =D ;D xD XD :)) :))) <3 <33 <333 :* :-* \\o/ *_* ;-D ((: (((: :-)) =)) :3"),
            (-2.2, ":( :-( =( ): )-: :[ =[ :/ :-/ =/ :\\ :-\\ :| :-| -_- -__- >.< >_< :s :S ;( D: :$"),
            (-3, ":'( :((  :((( ;_; T_T T.T >:( D': </3 :'-( :,( )':"),
            (3, "😀 😁 😂 🤣 😃 😄 😆 😊 😍 🥰 😘 😎 🤗 🎉 🥳 👍 👏 🙌 💪"), (3, "❤ ❤️ 💕 💖 💛 💙 💚 💜 ✨ 🌟 🔥 😻 ☺ ☺️ 😋 🙂 😇 🏆"),
            (-3, "😡 😠 🤬 😢 😭 😞 😔 😟 😩 😫 😤 👎 💔 😒 🙁 ☹ ☹️ 😣 😖 😱 🤮 🤢 😥 😓 😨 😰 🙄 😕"),
        ]
        for (weight, signs) in groups {
            for sign in signs.split(separator: " ") { weights[String(sign)] = weight }
        }
        return weights
    }()
}
