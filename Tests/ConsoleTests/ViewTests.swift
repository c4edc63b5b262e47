import Foundation
import Testing

@testable import Console

@Suite struct ViewTests {
    @Test func formsAreRead() {
        let form = ConsoleForm("a=1&b=x+y%26z&id=1&id=2&empty=&broken=%zz&=nameless")
        #expect(form["a"] == "1" && form["b"] == "x y&z" && form.all("id") == ["1", "2"])
        #expect(form["empty"] == nil && form["broken"] == nil && form["absent"] == nil)
    }

    @Test(arguments: ["plain", "a b&c=d/e?f", "ünïcode 🙂", "%"])
    func whatIsEncodedIsReadBack(_ text: String) {
        #expect(ConsoleForm("v=" + ConsoleForm.encoded(text))["v"] == text)
    }

    @Test func timesSayTheZoneAndTheDistance() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(Moment(now - 30, now: now).ago == "30 s ago")
        #expect(Moment(now + 7200, now: now).ago == "in 2 h")
        #expect(Moment(now, now: now).text == "2027-01-15 08:00 UTC")
        #expect(Moment.duration(0.0042) == "4 ms" && Moment.duration(1.23) == "1.2 s")
    }

    @Test func aSparklineStaysInItsBox() throws {
        #expect(Sparkline([3], of: "x") == nil)
        let line = try #require(Sparkline([0, 5, 10], of: "Messages"))
        #expect(line.points == "0.0,23.0 50.0,12.0 100.0,1.0")
        #expect(line.label == "Messages: 10 now, at most 10 in the last 3 looks")
        #expect(try #require(Sparkline([0, 0], of: "x")).points == "0.0,23.0 100.0,23.0")
    }

    @Test func stepsOfARunAreReadInTheirOrder() {
        let steps = RunSteps.decode("{120,2400,5100,1180000}")
        #expect(steps.map(\.name) == ["decoded", "recognised", "admitted", "worked"])
        #expect(steps.map(\.seconds) == [0.00012, 0.0024, 0.0051, 1.18])
        #expect(RunSteps.decode("{}").isEmpty && RunSteps.decode(nil).isEmpty && RunSteps.decode("{x}").isEmpty)
    }

    @Test func everyTemplateIsOneAndEscapesWhatItIsGiven() throws {
        let shelf = try TemplateShelf(assets: ConsoleAssets())
        let attack = "<script>alert(1)</script>"
        for (name, _) in ConsoleTemplates.all where name != "frame" {
            let text = shelf.fragment(
                name,
                [
                    "title": attack, "advice": attack, "name": attack, "user": attack, "masked": attack,
                    "queue": attack,
                    "reason": attack, "problem": attack, "search": attack, "shortID": attack, "id": attack,
                ])
            #expect(!text.contains("<script>alert"), "\(name)")
        }
    }
}
