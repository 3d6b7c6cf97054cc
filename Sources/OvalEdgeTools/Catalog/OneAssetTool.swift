package import MCP
package import OvalEdge
package import Rendering

/// A tool about one asset, which the caller knows by its id or by its name.
package protocol OneAssetTool: OneRequestTool {
    var objectID: ObjectID? { get set }
    var objectName: String? { get }
    var assetType: ObjectType { get }
    /// The answer to a call about several; nil where it is about one.
    func comparison(from ovalEdge: OvalEdgeAPI) async throws -> SizedAnswer?
    /// What there is to say as soon as the id is known; one request, unless a tool takes more.
    func looked(upIn ovalEdge: OvalEdgeAPI, _ context: RequestContext) async throws -> SizedAnswer
}

extension OneAssetTool {
    /// The id, as soon as the asset is found.
    var id: Int { objectID?.number ?? 0 }

    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        if let compared = try await comparison(from: ovalEdge) { return compared }
        var call = self
        if objectID == nil, let objectName {
            switch try await AssetName(objectName, type: assetType).meaning(in: ovalEdge) {
            case .one(let id): call.objectID = id
            case .unclear(let failure): return SizedAnswer(failure)
            }
        }
        return try await call.looked(upIn: ovalEdge, context)
    }

    package func looked(upIn ovalEdge: OvalEdgeAPI, _ context: RequestContext) async throws -> SizedAnswer {
        render(try await ovalEdge.send(request).opened(about: subject), links: ovalEdge.links)
    }

    package func comparison(from ovalEdge: OvalEdgeAPI) async throws -> SizedAnswer? { nil }

    /// `table 501`, in sentences.
    private var subject: String { "\(assetType.title) \(id)" }

    /// One of the two has to be there.
    func checkSubject(_ input: inout Arguments) {
        switch (objectID, objectName) {
        case (nil, nil) where !input.isMistaken("object_id"):
            input.note("One of `object_id` and `object_name` is needed.")
        case (.some, .some): input.note("Give `object_id` or `object_name`, not both.")
        default: break
        }
    }
}
