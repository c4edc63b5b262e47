import Postgres
import Testing

@Suite struct GroupQueueTests {
    @Test func whatComesInOneTurnGoesTogether() {
        var queue = GroupQueue<Int>(groups: 2, size: 10)
        queue.append(1)
        let first = queue.mayStart()
        queue.append(2)
        let whileItStarts = queue.mayStart()
        let group = queue.take()
        let empty = queue.mayStart()
        #expect(group == [1, 2])
        #expect([first, whileItStarts, empty] == [true, false, false])
    }

    @Test func besideAnotherOnlyAsLargeAsThat() {
        var queue = GroupQueue<Int>(groups: 2, size: 3)
        for item in 0..<8 { queue.append(item) }
        var (starts, groups) = ([queue.mayStart()], [queue.take()])
        starts.append(queue.mayStart())
        groups.append(queue.take())
        starts.append(queue.mayStart())  // two are on their way
        queue.finish()
        starts.append(queue.mayStart())  // the rest is smaller than the one on its way
        queue.finish()
        starts.append(queue.mayStart())
        groups.append(queue.take())
        #expect(starts == [true, true, false, false, true])
        #expect(groups == [[0, 1, 2], [3, 4, 5], [6, 7]])
    }
}
