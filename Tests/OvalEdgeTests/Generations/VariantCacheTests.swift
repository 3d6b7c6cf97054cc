import OvalEdge
import Testing

@Suite struct `The cache of variants` {
    private var cache = VariantCache()

    @Test mutating func `lets one call learn, and the others wait`() {
        #expect(cache.start(.explorer, at: 0) == .learn(from: .postedExplorer))
        #expect(cache.start(.explorer, at: 0) == .wait)
        #expect(cache.start(.lineage, at: 0) == .learn(from: .assetLineage))
        cache.found(.searchCatalog, at: 1)
        #expect(cache.start(.explorer, at: 1) == .ask(.searchCatalog))
        cache.ended(.explorer)
        #expect(cache.start(.explorer, at: 2) == .ask(.searchCatalog))
    }

    @Test mutating func `lets the next one learn when nothing was found`() {
        #expect(cache.start(.explorer, at: 0) == .learn(from: .postedExplorer))
        cache.ended(.explorer)
        #expect(cache.variant(of: .explorer) == nil)
        #expect(cache.start(.explorer, at: 0) == .learn(from: .postedExplorer))
    }

    @Test mutating func `keeps the newest variant for good, and an older one for an hour`() {
        cache.found(.assetDetails, at: 0)
        cache.found(.searchCatalog, at: 0)
        #expect(cache.start(.details, at: 1_000_000) == .ask(.assetDetails))
        #expect(cache.start(.explorer, at: VariantCache.life - 1) == .ask(.searchCatalog))
        #expect(cache.start(.explorer, at: VariantCache.life) == .learn(from: .postedExplorer))
        // Meanwhile the others go on as before, and after a fault so does everyone.
        #expect(cache.start(.explorer, at: VariantCache.life) == .ask(.searchCatalog))
        #expect(cache.variant(of: .explorer) == .searchCatalog)
    }

    @Test(arguments: [
        (
            Generation.consolidated,
            [EndpointVariant.postedExplorer, .assetDetails, .assetLineage, .knowledgeSearch, .accessExplorer]
        ),
        (
            .transition,
            [.explorerByParameters, .assetDetails, .assetLineage, .knowledgeSearch, .sourceAndCatalogAccess]
        ),
        (.classic, [.searchCatalog, .objectDetails, .lineage, .storiesAndDocs, .sourceAndCatalogAccess]),
    ])
    func `learns nothing where a generation is set`(generation: Generation, variants: [EndpointVariant]) {
        var cache = VariantCache(fixed: generation)
        for (capability, variant) in zip(Capability.allCases, variants) {
            #expect(cache.start(capability, at: 0) == .ask(variant))
            #expect(cache.start(capability, at: 0) == .ask(variant))
        }
    }

    @Test func `knows whether searches are answered in an older variant`() {
        var cache = VariantCache()
        #expect(!cache.isOld)
        cache.found(.postedExplorer, at: 0)
        #expect(!cache.isOld)
        cache.found(.explorerByParameters, at: 0)
        #expect(cache.isOld)
    }
}

@Suite struct `The way through the variants` {
    private func way(from start: EndpointVariant, _ misses: [ProbeResult.Miss]) -> [EndpointVariant?] {
        var search = VariantSearch(from: start)
        var variant: EndpointVariant? = start
        return misses.map { miss in
            if let variant { search.missed(variant, miss) }
            variant = search.next
            return variant
        }
    }

    @Test func `goes to the newest first, and to each once`() {
        #expect(way(from: .postedExplorer, [.method, .path]) == [.explorerByParameters, .searchCatalog])
        #expect(way(from: .postedExplorer, [.method, .path, .path]) == [.explorerByParameters, .searchCatalog, nil])
        #expect(way(from: .searchCatalog, [.path, .method]) == [.postedExplorer, .explorerByParameters])
        #expect(way(from: .objectDetails, [.path, .path]) == [.assetDetails, nil])
    }

    @Test func `tries no other method on a path that is not there`() {
        #expect(way(from: .postedExplorer, [.path, .path]) == [.searchCatalog, nil])
        #expect(way(from: .postedExplorer, [.doubtful]) == [.searchCatalog])
    }

    @Test func `ends where the generation is set`() {
        var search = VariantSearch(from: .postedExplorer, isFixed: true)
        search.missed(.postedExplorer, .method)
        #expect(search.next == nil)
    }
}
