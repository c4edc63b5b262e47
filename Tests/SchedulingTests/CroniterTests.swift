import Foundation
import TestKit
import Testing

@testable import Scheduling

/// The next times are those of Python's croniter, for thousands of expressions that nobody thought of.
@Suite(.timeLimit(.minutes(2)), .enabled(if: Croniter.isInstalled, "/usr/bin/python3 has no package `croniter`"))
struct CroniterTests {
    static let expressions = 4000

    @Test func nextTimesAreCroniters() throws {
        var random = SeededRandom(seed: 12)
        var questions: [(expression: String, start: Int)] = []
        for _ in 0..<Self.expressions {
            // From 1999 to 2101: leap years, the one that is none, and ends of centuries.
            questions.append(
                (RandomCron.expression(&random), Int.random(in: 915_148_800...4_133_980_800, using: &random)))
        }
        let answers = try Croniter.next(questions)
        #expect(answers.count == questions.count)
        var differing = 0
        for (question, answer) in zip(questions, answers) {
            let cron = try? CronExpression(question.expression)
            var (time, ours) = (Date(timeIntervalSince1970: Double(question.start)), [Int]())
            while let next = cron?.next(after: time), ours.count < 3 {
                ours.append(Int(next.timeIntervalSince1970))
                time = next
            }
            if ours != answer, try !RandomCron.hasImpossibleHalf(question.expression) {
                differing += 1
                if differing <= 5 {
                    Issue.record("\(question.expression) from \(question.start): \(ours), croniter \(answer)")
                }
            }
        }
        let hits = answers.filter { !$0.isEmpty }.count
        #expect(differing == 0)
        #expect(hits > Self.expressions * 8 / 10, "most expressions are meant to have times")
        print("cron | \(questions.count) random expressions, \(hits) with times: \(differing) differ from croniter")
    }

    /// What croniter refuses, we refuse.
    @Test(arguments: [
        "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *", "* * * * 8", "* * * *",
        "* * * * * * *",
        "*/0 * * * *", "5- * * * *", "-5 * * * *", "a * * * *", "* * * foo *", "* * * * foo", "30-10 * * * *",
        "1,,2 * * * *",
        "1/ * * * *", "1-5-9 * * * *", "* * jan * *", "mon * * * *", "",
    ])
    func whatCroniterRefusesIsRefused(expression: String) throws {
        #expect(try Croniter.next([(expression, 0)]) == [[]])
        #expect(throws: CronFault.self) { try CronExpression(expression) }
    }
}

/// Expressions in the common syntax.
enum RandomCron {
    static func expression(_ random: inout SeededRandom) -> String {
        CronField.allCases.map { field in
            // Most real fields are stars or a single value.
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: "*"
            case 4..<6: value(field, field.range.randomElement(using: &random) ?? 1, &random)
            default:
                (0..<Int.random(in: 1...3, using: &random)).map { _ in item(field, &random) }.joined(separator: ",")
            }
        }.joined(separator: " ")
    }

    /// Either of two day fields is enough, and one of them is a 31 February: croniter gives up on both.
    static func hasImpossibleHalf(_ expression: String) throws -> Bool {
        let fields = expression.split(separator: " ")
        return try CronExpression((fields.dropLast() + ["*"]).joined(separator: " ")).next(after: Date()) == nil
    }

    private static func item(_ field: CronField, _ random: inout SeededRandom) -> String {
        let range = field.range
        let low = Int.random(in: range, using: &random)
        let high = Int.random(in: low...range.upperBound, using: &random)
        let step = Int.random(in: 1...range.upperBound, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return value(field, low, &random)
        case 1: return "\(value(field, low, &random))-\(value(field, high, &random))"
        case 2: return "\(value(field, low, &random))-\(value(field, high, &random))/\(step)"
        case 3: return "*/\(step)"
        case 4: return "\(value(field, low, &random))/\(step)"
        default: return "\(low)"
        }
    }

    /// A name now and then, in any case of letters.
    private static func value(_ field: CronField, _ number: Int, _ random: inout SeededRandom) -> String {
        let names =
            field == .month
            ? ["", "jan", "Feb", "MAR", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            : field == .weekday ? ["SUN", "mon", "Tue", "wed", "thu", "fri", "sat"] : []
        guard names.indices.contains(number), !names[number].isEmpty, Bool.random(using: &random) else {
            return "\(number)"
        }
        return names[number]
    }
}

enum Croniter {
    static let isInstalled = (try? run("import croniter; print('[]', end='')", "")) == "[]"

    /// Three times each; none for what it refuses.
    static func next(_ questions: [(expression: String, start: Int)]) throws -> [[Int]] {
        let input = questions.map { "\($0.start)\t\($0.expression)\n" }.joined()
        return try JSONDecoder().decode([[Int]].self, from: Data(try run(script, input).utf8))
    }

    /// croniter 1.3.5 takes a day that the month does not have for one that comes, and misses the next month's first days:
    /// mended here as in its later releases.
    private static let script = """
        import json, sys
        from croniter import croniter

        def nearest(self, x, to_check, range_val):
            for d in to_check:
                if d == "l": d = range_val
                elif d > range_val: continue
                if d >= x: return d - x
            return to_check[0] - x + range_val
        croniter._get_next_nearest_diff = nearest

        answers = []
        for line in sys.stdin.read().split("\\n")[:-1]:
            start, expression = line.split("\\t")
            times = []
            try:
                cron = croniter(expression, float(start), ret_type=float)
                for _ in range(3): times.append(int(cron.get_next()))
            except Exception: pass
            answers.append(times)
        print(json.dumps(answers))
        """

    private static func run(_ script: String, _ input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
