import HTTP
import JSON

/// A question in whichever form the back end has: the newest, or the older one that it was found to have.
extension OvalEdgeAPI {
    func answer(to question: Question) async throws(OvalEdgeError) -> Delivery {
        let (start, learns) = await generations.start(question.capability)
        defer { if learns { generations.ended(question.capability) } }
        var search = FormSearch(from: start, isFixed: generations.isFixed)
        var form = start
        var first: OvalEdgeError?
        while true {
            let plan = try question.plan(in: form)
            let request = httpRequest(plan.lead.request)
            let response = try await accepted(request)
            switch await verdict(of: response, to: plan, in: form, search) {
            case .missed(let miss):
                let error = first ?? refusal(response, to: request)
                search.missed(form, miss)
                guard let next = search.next else { throw error }
                (form, first) = (next, error)
            case .refused where search.isInDoubt:
                throw first ?? refusal(response, to: request)
            case .answered, .refused:
                if learns || search.hasMissed { generations.found(form) }
                return try await delivery(of: plan, request, response)
            case .noEvidence:
                return try await delivery(of: plan, request, response)
            }
        }
    }

    /// When nothing is known of the back end yet, and it says in its own words that it found nothing, a search tells
    /// whether that was the object or the endpoint.
    private func verdict(
        of response: HTTPResponse,
        to plan: Plan,
        in form: EndpointForm,
        _ search: FormSearch
    ) async -> Verdict {
        let verdict = knownVerdict(of: response, to: plan, in: form, search)
        guard verdict == .noEvidence, response.status == .notFound, generations.form(of: .explorer) == nil else {
            return verdict
        }
        var one = AssetSearch()
        one.limit = 1
        _ = try? await answer(to: .explorer(one))
        return knownVerdict(of: response, to: plan, in: form, search)
    }

    private func knownVerdict(
        of response: HTTPResponse,
        to plan: Plan,
        in form: EndpointForm,
        _ search: FormSearch
    ) -> Verdict {
        var circumstances = Verdict.Circumstances()
        circumstances.isKnown = generations.form(of: form.capability) == form
        circumstances.isOldElsewhere = generations.isOld
        circumstances.isInDoubt = search.isInDoubt
        circumstances.mayMeanNoObject = plan.mayFindNothing
        return Verdict(response, to: form, in: circumstances)
    }

    private func delivery(
        of plan: Plan,
        _ request: HTTPRequest,
        _ response: HTTPResponse
    ) async throws(OvalEdgeError) -> Delivery {
        let lead: Plan.Outcome
        if plan.mayFindNothing && response.status == .notFound {
            lead = .failed(refusal(response, to: request))
        } else {
            lead = .found(try json(in: response, to: request))
        }
        let others = plan.others.isEmpty ? [:] : await outcomes(of: plan.others)
        guard !Task.isCancelled else { throw .cancelled }
        return Delivery(json: plan.answer(lead, others), response: response, request: request)
    }

    private func outcomes(of parts: [Plan.Part]) async -> [String: Plan.Outcome] {
        await withTaskGroup(of: (String, Plan.Outcome).self) { group in
            for part in parts { group.addTask { (part.name, await outcome(of: part)) } }
            var outcomes: [String: Plan.Outcome] = [:]
            for await (name, outcome) in group { outcomes[name] = outcome }
            return outcomes
        }
    }

    private func outcome(of part: Plan.Part) async -> Plan.Outcome {
        do throws(OvalEdgeError) {
            let request = httpRequest(part.request)
            let json = try json(in: try await accepted(request), to: request)
            if let refusal = Refusal(json) { throw refusal.error }
            return .found(json)
        } catch {
            return .failed(error)
        }
    }

    private func json(in response: HTTPResponse, to request: HTTPRequest) throws(OvalEdgeError) -> JSON {
        try Self.json(in: response, to: request.summary, redactor: redactor)
    }

    private func refusal(_ response: HTTPResponse, to request: HTTPRequest) -> OvalEdgeError {
        OvalEdgeError(response, to: request.summary, redactor: redactor)
    }
}
