import Glibc
import Privacy

/// Measures how fast one core redacts and sanitizes; `filter redact|sanitize` and `emit KIND` serve the scripts beside it.
///
///   privacy-bench                  tweets and log lines, clean and dirty: MB/s, best of several rounds
///   privacy-bench FILE             the lines of a file of your own
///   privacy-bench rate tweets-dirty redact|sanitize|known   the same, one figure; `known`: prompts of a hundred with a known person
///   privacy-bench emit tweets-dirty   prints the texts, for other programs to be measured on
///   privacy-bench filter sanitize  each line of the standard input, changed
let arguments = Array(CommandLine.arguments.dropFirst())

func samples(_ name: String) -> [String] {
    var texts = SampleTexts(seed: 7)
    switch name {
    case "tweets-clean": return texts.tweets(20_000, dirty: false)
    case "tweets-dirty": return texts.tweets(20_000, dirty: true)
    case "logs-clean": return texts.logLines(10_000, dirty: false)
    default: return texts.logLines(10_000, dirty: true)
    }
}

/// Of this process alone, so that neighbours on the machine do not count.
func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func rate(_ batches: [[String]], _ work: ([String]) -> Int) -> Double {
    let bytes = batches.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
    var best = Double.infinity
    var sink = 0
    for _ in 0..<15 {
        let start = cpuSeconds()
        for batch in batches { sink &+= work(batch) }
        best = min(best, cpuSeconds() - start)
    }
    precondition(sink != 1)
    return Double(bytes) / best / 1e6
}

func rate(_ texts: [String], _ work: (String) -> Int) -> Double {
    rate([texts]) { $0.reduce(0) { $0 &+ work($1) } }
}

func speed(_ texts: [String], _ face: String) -> Double {
    switch face {
    case "redact": return rate(texts) { Redactor.redact($0).utf8.count }
    case "sanitize": return rate(texts) { PromptSanitizer.sanitize($0).utf8.count }
    default:
        let known = [KnownIdentity(handle: "jane_doe", displayName: "Jane Doe", email: "jane@example.org")]
        let batches = stride(from: 0, to: texts.count, by: 100).map { Array(texts[$0..<min($0 + 100, texts.count)]) }
        return rate(batches) { PromptSanitizer.sanitize($0, known: known).texts.count }
    }
}

func report(_ name: String, _ texts: [String]) {
    let (redact, sanitize, prompt) = (speed(texts, "redact"), speed(texts, "sanitize"), speed(texts, "known"))
    let joined = texts.joined(separator: "\n")
    let block = rate([joined]) { PromptSanitizer.sanitize($0).utf8.count }
    func padded(_ value: Double) -> String {
        let text = "\(Int(value))"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    print(
        name + String(repeating: " ", count: max(1, 14 - name.count))
            + [redact, sanitize, prompt, block].map(padded).joined())
}

switch arguments.first {
case "filter":
    while let line = readLine(strippingNewline: true) {
        print(arguments.last == "redact" ? Redactor.redact(line) : PromptSanitizer.sanitize(line))
    }
case "rate" where arguments.count == 3: print(speed(samples(arguments[1]), arguments[2]))
case "loop":
    var total = 0
    let texts = samples(arguments.last ?? "")
    for _ in 0..<200 { for text in texts { total &+= PromptSanitizer.sanitize(text).utf8.count } }
    print(total)
case "emit":
    for text in samples(arguments.last ?? "") { print(text) }
default:
    print("MB/s a core        redact sanitize +identity one text")
    if arguments.isEmpty {
        for name in ["tweets-clean", "tweets-dirty", "logs-clean", "logs-dirty"] { report(name, samples(name)) }
    } else {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        report("stdin", lines)
    }
}
