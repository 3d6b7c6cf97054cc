/// What an asset of the large catalog is called by: an id is unique within its kind only, as in the product.
struct LargeKey: Hashable, Sendable {
    let kind: SampleAsset.Kind
    let id: Int

    init(_ kind: SampleAsset.Kind, _ id: Int) {
        self.kind = kind
        self.id = id
    }
}

/// One asset of the large catalog; what is not stored follows from its key by ``roll(_:below:)``.
struct LargeAsset: Sendable {
    /// What is rolled for, so that each fact has a number of its own.
    enum Fact: UInt64 {
        case owner, steward, custodian, spelling, described, certification, rows, quality, created, tag, rating
        case popularity, status, noise, cadence, nulls, columns, name
    }

    let key: LargeKey
    let name: String
    /// The name in lower case.
    let folded: String
    let parent: LargeKey?
    private let seed: UInt64

    init(_ key: LargeKey, _ name: String, in parent: LargeKey?) {
        self.key = key
        self.name = name
        self.parent = parent
        folded = name.lowercased()
        seed = Self.seed(key)
    }

    var kind: SampleAsset.Kind { key.kind }
    var id: Int { key.id }
    /// From 0 within its kind.
    var index: Int { id - LargeCatalog.firstID }

    /// A number from 0 up to but without `count`, always the same for the same asset and fact.
    func roll(_ fact: Fact, below count: Int) -> Int { Self.roll(seed, fact, below: count) }

    /// The same before the asset is made.
    static func roll(_ key: LargeKey, _ fact: Fact, below count: Int) -> Int { roll(seed(key), fact, below: count) }

    private static func roll(_ seed: UInt64, _ fact: Fact, below count: Int) -> Int {
        Int(mixed(seed &+ fact.rawValue &* 0x9E37_79B9_7F4A_7C15) % UInt64(count))
    }

    private static func seed(_ key: LargeKey) -> UInt64 {
        key.kind.rawValue.utf8.reduce(UInt64(key.id)) { mixed($0 &* 257 &+ UInt64($1)) }
    }

    /// SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
