import HTTP
import JSON

/// A question in whichever variant the back end has: the newest, or the older one that it was found to have.
extension OvalEdgeAPI {
    func answer(to question: Question) async throws(OvalEdgeError) -> Delivery {
        let (start, learns) = await endpoints.start(question.capability)
        defer { if learns { endpoints.ended(question.capability) } }
        var search = VariantSearch(from: start, isFixed: endpoints.isFixed)
        var variant = start
        var first: OvalEdgeError?
        while true {
            let plan = try question.plan(in: variant)
            let request = httpRequest(plan.lead.request)
            let response = try await client.send(request)
            switch await result(of: response, to: plan, in: variant, search) {
            case .missed(let miss):
                let error = first ?? refusal(response, to: request)
                search.missed(variant, miss)
                guard let next = search.next else { throw error }
                (variant, first) = (next, error)
            case .refused where search.isInDoubt:
                throw first ?? refusal(response, to: request)
            case .answered, .refused:
                if learns || search.hasMissed { endpoints.found(variant) }
                return try await delivery(of: plan, request, response)
            case .noEvidence:
                return try await delivery(of: plan, request, response)
            }
        }
    }

    /// When nothing is known of the back end yet, and it reports in its own words that it found nothing, a search shows
    /// whether that was the object or the endpoint.
    private func result(
        of response: HTTPResponse,
        to plan: RequestPlan,
        in variant: EndpointVariant,
        _ search: VariantSearch
    ) async -> ProbeResult {
        let result = knownResult(of: response, to: plan, in: variant, search)
        guard result == .noEvidence, response.status == .notFound, endpoints.variant(of: .explorer) == nil else {
            return result
        }
        var one = AssetSearch()
        one.limit = 1
        _ = try? await answer(to: .explorer(one))
        return knownResult(of: response, to: plan, in: variant, search)
    }

    private func knownResult(
        of response: HTTPResponse,
        to plan: RequestPlan,
        in variant: EndpointVariant,
        _ search: VariantSearch
    ) -> ProbeResult {
        var context = ProbeResult.Context()
        context.isKnown = endpoints.variant(of: variant.capability) == variant
        context.isOldElsewhere = endpoints.isOld
        context.isInDoubt = search.isInDoubt
        context.mayMeanNoObject = plan.mayFindNothing
        return ProbeResult(response, to: variant, in: context)
    }

    private func delivery(
        of plan: RequestPlan,
        _ request: HTTPRequest,
        _ response: HTTPResponse
    ) async throws(OvalEdgeError) -> Delivery {
        let lead: RequestPlan.Outcome
        if plan.mayFindNothing && response.status == .notFound {
            lead = failed(refusal(response, to: request))
        } else {
            lead = .found(try json(in: response, to: request))
        }
        let others = plan.others.isEmpty ? [:] : await outcomes(of: plan.others)
        guard !Task.isCancelled else { throw .cancelled }
        return Delivery(json: plan.answer(lead, others), response: response, request: request)
    }

    private func outcomes(of parts: [RequestPlan.Part]) async -> [String: RequestPlan.Outcome] {
        await withTaskGroup(of: (String, RequestPlan.Outcome).self) { group in
            for part in parts { group.addTask { (part.name, await outcome(of: part)) } }
            var outcomes: [String: RequestPlan.Outcome] = [:]
            for await (name, outcome) in group { outcomes[name] = outcome }
            return outcomes
        }
    }

    private func outcome(of part: RequestPlan.Part) async -> RequestPlan.Outcome {
        do throws(OvalEdgeError) {
            let request = httpRequest(part.request)
            let json = try json(in: try await client.send(request), to: request)
            if let refusal = Refusal(json) { throw refusal.error }
            return .found(json)
        } catch {
            return failed(error)
        }
    }

    private func failed(_ error: OvalEdgeError) -> RequestPlan.Outcome {
        .failed(error, why: remedies.text(of: error))
    }

    private func json(in response: HTTPResponse, to request: HTTPRequest) throws(OvalEdgeError) -> JSON {
        try Self.json(in: response, to: request.summary, redactor: redactor)
    }

    private func refusal(_ response: HTTPResponse, to request: HTTPRequest) -> OvalEdgeError {
        OvalEdgeError(response, to: request.summary, redactor: redactor)
    }
}
