/// A stretch of UTF-8 bytes that is personal or secret. Begins and ends between scalars.
struct Finding: Equatable {
    var kind: PersonalKind
    var range: Range<Int>
}
