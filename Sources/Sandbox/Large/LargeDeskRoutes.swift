import HTTP
import JSON

/// The service desk of the large catalog: what is needed is said by 1 and `Y`.
enum LargeDeskRoutes {
    static func template(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        .json([
            "ok": true,
            "data": [
                "ticketTemplateId": "2001", "ticketTemplateName": "Access", "requestType": "access",
                "currentUserId": "sandbox",
                "fields": [
                    [
                        "fieldName": "Summary", "fieldCode": "summary", "fieldType": "inputtext",
                        "requiredOnCreate": "Y",
                    ],
                    [
                        "fieldName": "Requested By", "fieldCode": "createdby", "fieldType": "oeusers",
                        "requiredOnCreate": 1, "filledByCurrentUser": 1,
                    ],
                    ["fieldName": "Reason", "fieldCode": "d1", "fieldType": "inputtext", "requiredOnCreate": 1],
                    ["fieldName": "Cost centre", "fieldCode": "d2", "fieldType": "inputtext", "requiredOnCreate": "N"],
                ],
            ],
        ])
    }

    static func file(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let summary = call.body?["summary"]?.string?.nonBlank else {
            return .refusal(.badRequest, "summary is required")
        }
        return .json([
            "ok": true,
            "data": [
                "ticketId": 501, "displayTicketId": "SR-501", "ticketTemplateId": "2001", "summary": .string(summary),
                "navLink": "#nav/servicedesk?id=501", "warnings": .null,
            ],
        ])
    }
}

/// `GET domain-metadata` of the large catalog, and a new term in its place.
enum LargeGlossaryRoutes {
    static func places(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        let data: JSON
        switch call.text("searchOn") {
        case "oeglobaldomain":
            data = [
                "domains": .array(
                    catalog.all(.oeglobaldomain).map {
                        [
                            "globaldomainid": .string("\($0.id)"), "domain": .string($0.name), "isCategory": 1,
                            "isTerm": "N",
                        ]
                    }
                )
            ]
        case "category":
            let domain = call.number("domainId").map { LargeKey(.oeglobaldomain, $0) }
            data = [
                "Category": .array(
                    catalog.all(.category).filter { $0.parent == domain }.map {
                        ["categoryId": .int($0.id), "categoryName": .string($0.name), "isSubCategory": "N"]
                    }
                )
            ]
        default: data = ["SubCategory": []]
        }
        return .json(["ok": true, "data": data])
    }

    static func create(_ call: SandboxCall, _ catalog: inout LargeCatalog) -> HTTPResponse {
        guard let name = call.body?["termName"]?.string?.nonBlank,
            let category = catalog.asset(.category, call.body?["category1Id"]?.int ?? 0)
        else { return .refusal(.badRequest, "termName and category1Id are required") }
        let key = catalog.add(.glossary, name, in: category.key)
        catalog.write("businessDescription", call.body?["description"]?.string ?? "", to: key)
        return .json([
            "ok": true,
            "data": [
                "businessGlossaryId": .string("\(key.id)"), "termName": .string(name), "status": "DRAFT",
                "navLink": .string(key.kind.navLink(key.id)),
            ],
        ])
    }
}
