/// The sentences of generated timelines.
enum XPhrases {
    struct Words {
        var text: String
        var isReply = false
        var isRepost = false
    }

    static func text(_ mood: XMood, _ random: inout SeededRandom) -> Words {
        let isGlad =
            switch mood {
            case .glad: Int.random(in: 0..<10, using: &random) < 9
            case .angry: Int.random(in: 0..<10, using: &random) < 1
            case .mixed: Bool.random(using: &random)
            }
        let opening = pick(isGlad ? gladOpenings : angryOpenings, &random)
        let subject = pick(subjects, &random)
        let closing = pick(isGlad ? gladClosings : angryClosings, &random)
        let sentence =
            Int.random(in: 0..<6, using: &random) == 0
            ? pick(plain, &random) : "\(opening) \(subject). \(closing)"
        return dressed(sentence, &random)
    }

    /// Adds what people add: names, links, addresses, numbers, tags.
    private static func dressed(_ text: String, _ random: inout SeededRandom) -> Words {
        let number = Int.random(in: 100...199, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 0: return Words(text: "@\(pick(names, &random)) \(text)", isReply: true)
        case 1: return Words(text: "RT @\(pick(names, &random)): \(text)", isRepost: true)
        case 2: return Words(text: "\(text) https://example.org/p/\(number)?ref=tw")
        case 3: return Words(text: "\(text) Write to \(pick(names, &random))@example.com")
        case 4: return Words(text: "\(text) Call me: +1 202-555-0\(number)")
        case 5: return Words(text: "\(text) cc @\(pick(names, &random)) @\(pick(names, &random))")
        case 6: return Words(text: "\(text) #\(pick(tags, &random))")
        case 7: return Words(text: "\(text) My server 192.0.2.\(number) is up.")
        default: return Words(text: text)
        }
    }

    private static func pick(_ list: [String], _ random: inout SeededRandom) -> String {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    private static let gladOpenings = [
        "I love", "So happy with", "Really enjoying", "What a wonderful day for", "Thank you for", "Proud of",
        "Excited about", "Can't stop smiling about", "Best news of the week:", "Delighted by",
    ]
    private static let angryOpenings = [
        "I hate", "So angry about", "Sick and tired of", "What a terrible day for", "Never again:", "Disgusted by",
        "Furious about", "Absolutely fed up with", "Worst part of the week:", "Disappointed by",
    ]
    private static let subjects = [
        "the new train timetable", "our football team", "this phone", "the coffee at the corner", "my garden",
        "the concert last night", "the update of the app", "the delivery service", "this novel", "the bike lane",
        "the weather", "my new job", "the customer service", "our kitchen", "the film", "the bakery",
    ]
    private static let gladClosings = [
        "Great work!", "It made my day :)", "Beautiful.", "Can recommend it 😊", "Friends, you must try it!",
        "Perfect.", "So good ❤️", "Well done, everyone.", "Feeling lucky.", "Ha, that was fun!",
    ]
    private static let angryClosings = [
        "What a waste of money.", "Awful.", "It broke again :(", "Nobody cares 😡", "Such a mess.", "Horrible.",
        "I want my time back.", "It is a disgrace!", "So annoying.", "Useless and rude.",
    ]
    private static let plain = [
        "The meeting moved to Tuesday at ten.", "Bread, milk, two lemons.", "Reading on the train.",
        "Platform 4 today, not 3.", "The library opens at nine.", "Part two of the thread follows tomorrow.",
    ]
    private static let names = ["anna_k", "tomsfoto", "lee_87", "mariab", "dev_jo", "sam_writes"]
    private static let tags = ["monday", "coffee", "weekend", "reading", "garden"]
}
