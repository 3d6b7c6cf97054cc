import HTTP
import JSON

/// `POST update-cde-associations`: the mark of a critical data element on several assets; a few are locked.
enum UpdateCriticalElementsRoute {
    private enum Outcome: String {
        case updated, noChange, blocked
    }

    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let mark = body["action"]?.string, ["Yes", "No", "None"].contains(mark) else {
            return .refusal(.badRequest, "action must be Yes, No or None")
        }
        let wanted = body["targets"]?.array ?? []
        let targets = wanted.compactMap { SampleTarget($0, in: catalog) }
        guard !targets.isEmpty, targets.count == wanted.count else {
            return .json(["ok": false, "message": "Some targets do not exist"])
        }
        var results: [JSON] = []
        var outcomes: [Outcome] = []
        let category = body["cdeCategory"]?.string
        for target in targets {
            let outcome = outcome(of: mark, category, on: target.asset)
            results.append(result(target, mark, outcome, call, catalog))
            outcomes.append(outcome)
            guard outcome != .blocked, body["options"]?["dryRun"] != true else { continue }
            catalog.set("criticalDataElement", to: mark, of: target.asset.id)
            if let category { catalog.set("cdeCategory", to: category, of: target.asset.id) }
        }
        return .json(reply(results, outcomes))
    }

    private static func outcome(of mark: String, _ category: String?, on asset: SampleAsset) -> Outcome {
        if asset["lockedMark"] != nil { return .blocked }
        let isSame = asset["criticalDataElement"] ?? "None" == mark
        return isSame && category ?? asset["cdeCategory"] == asset["cdeCategory"] ? .noChange : .updated
    }

    private static func result(
        _ target: SampleTarget,
        _ mark: String,
        _ outcome: Outcome,
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        let before = target.asset["criticalDataElement"] ?? "None"
        var result = target.json(call, catalog)
        result["previousCde"] = .string(before)
        result["updatedCde"] = .string(outcome == .blocked ? before : mark)
        result["blocked"] = .bool(outcome == .blocked)
        result["noChange"] = .bool(outcome == .noChange)
        result["message"] = outcome == .blocked ? "The governance of this asset is locked" : ""
        return result
    }

    private static func reply(_ results: [JSON], _ outcomes: [Outcome]) -> JSON {
        let counts = [Outcome.updated, .blocked, .noChange].map { outcome in
            JSONObject.Member(outcome.rawValue, .int(outcomes.count { $0 == outcome }))
        }
        let requested = [JSONObject.Member("requested", .int(outcomes.count))]
        return [
            "ok": true,
            "data": [
                "status": outcomes.contains(.blocked) ? "partial_success" : "success",
                "results": .array(results),
                "governanceSummary": .object(JSONObject(requested + counts)),
                "audit": ["source": "OE-MCP"],
            ],
        ]
    }
}
