import Redis

/// What became of a permit, as the script takes it.
struct Report {
    let permit: RatePermit
    /// How much of its cost was answered.
    var part = 0
    var givenBack = 0
    /// The provider's word on the user's window, and on the app's.
    var words: [ProviderWindow?] = [nil, nil]
    /// 429: how long each window is closed, in microseconds.
    var closed = [0, 0]

    func arguments(_ grids: [WindowGrid]) -> [RedisArgument] {
        zip(grids.indices, permit.marks).flatMap { index, mark in
            let word = words[index]?.values(in: grids[index])
            let numbers =
                [mark.serial, mark.bucket, mark.term, part, word == nil ? 0 : 1] + (word ?? [0, 0, 0]) + [closed[index]]
            return grids[index].arguments + numbers.map { RedisArgument($0) }
        }
    }
}
