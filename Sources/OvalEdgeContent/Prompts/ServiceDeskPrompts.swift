import OvalEdgeTools

/// Prompts that end in a ticket.
enum ServiceDeskPrompts {
    static let all = [createRequest]

    private static let createRequest = Prompt(
        "create_service_desk_request",
        title: "Create a service request",
        description: "Guides from a request (access, a content change, a quality rule) to a ticket, with a preview.",
        arguments: [
            Prompt.Argument(
                "intent",
                "Request",
                "What is wanted, such as: read access to the table orders.",
                from: .choices(["access to ", "a content change of ", "a data quality rule for "])
            )
        ],
        using: [.assetExplorer, .createServiceRequest],
        task: "Create a service request for what the person wants.",
        steps: [
            """
            Find each asset that the intent names: call `asset_explorer` with its name as `name`. If several could be \
            meant, show them and ask.
            """,
            """
            Call `create_service_request` with `request_type` (access, content, dataquality or other), `object_type` \
            and `object_id`, without `summary`: it returns the fields of the ticket.
            """,
            """
            Ask for the required fields that are still empty, all in one question; offer a summary of one line. Do not \
            invent values, especially dates.
            """,
            "Call `create_service_request` with the summary and the `ticket_fields`.",
            .confirmed,
            "Show the number of the ticket, its link and any warning.",
        ]
    )
}
