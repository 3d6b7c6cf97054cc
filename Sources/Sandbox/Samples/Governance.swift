extension SampleText {
    /// Terms in domains, categories and subcategories.
    static let glossary = """
        oeglobaldomain 301 - Sales
          about Everything between a visit and a paid order.
          owner mira
          steward jonas
        oeglobaldomain 302 - Customer
          about Who buys, and what we may know about them.
          owner lena
          steward aiko
        oeglobaldomain 303 - Finance
          owner pablo
          steward jonas
        oeglobaldomain 304 - Logistics
          owner jonas
          steward tariq
        category 311 301 Orders
        category 312 301 Revenue
        category 313 302 Accounts
        category 314 303 Documents
        subcategory 321 312 Reported revenue
        glossary 331 311 Order
          about A customer's binding wish to buy, from the click on *Buy* on. Carts are no orders.
          termStatus PUBLISHED
          popularity 55
          classifications Internal
          createdDate 2024-03-20
        glossary 332 311 Order date
          about The day an order was placed, in the customer's time zone.
          termStatus PUBLISHED
          popularity 20
          createdDate 2024-03-20
        glossary 333 321 Net revenue
          about What customers paid, without tax, shipping and refunds.
          termStatus PUBLISHED
          popularity 77
          rating 4.9
          criticalDataElement Yes
          createdDate 2024-03-21
        glossary 334 313 Customer
          about A person or firm with an account and at least one order.
          termStatus PUBLISHED
          popularity 64
          createdDate 2024-03-25
        glossary 335 313 Customer segment
          about One of five groups, by the date of the last order.
          termStatus DRAFT
          popularity 13
          createdDate 2024-09-18
        glossary 336 314 Invoice
          about A demand for payment that is sent to a business customer.
          termStatus PUBLISHED
          popularity 18
          createdDate 2024-05-21
        glossary 337 314 Refund
          termStatus DRAFT
          popularity 16
          createdDate 2024-05-29
        glossary 338 304 Shipment
          about One parcel on its way; an order may need several.
          termStatus PUBLISHED
          popularity 15
          createdDate 2024-06-05
        """

    /// Tags under their roots.
    static let tags = """
        oetag 351 - Personal data
          about Anything that leads to a living person. Handle with care.
          owner lena
          popularity 30
          createdDate 2024-03-13
        oetag 352 351 Email
          about Addresses of electronic mail.
        oetag 353 351 Address
          about Where a parcel goes.
        oetag 354 353 Delivery address
        oetag 356 - Quality
          owner jonas
          createdDate 2024-04-01
        oetag 357 356 Gold
          about Checked every day, and safe to build on.
          popularity 40
        oetag 358 356 Draft
        oetag 359 - Revenue data
          about What ends up in the yearly accounts.
          owner pablo
          popularity 22
          createdDate 2024-04-11
        """

    /// Data products in their domain.
    static let products = """
        dp_domain 371 - Shop insights
          about Data products that the shop's teams share.
          owner mira
        dp_product 372 371 Order insights
          about Orders, items and revenue with a promise of quality.
          steward jonas
          subscriptionMode Open
          criticality High
          deliveryAccessMode Table
          rating 4.4
          popularity 36
          createdDate 2025-02-01
        dp_product 373 371 Customer 360
          about All that may be known about a customer, in one place.
          steward aiko
          subscriptionMode On request
          criticality High
          deliveryAccessMode Table
          popularity 27
          createdDate 2025-02-14
        """

    /// What flows where: four steps up and down around `orders`, without a cycle.
    static let flows = """
        flow 401 701 auto
        flow 701 601 auto
        flow 601 411 auto
        flow 411 502 auto
        flow 502 501 auto
        flow 403 505 auto
        flow 702 505 manual
        flow 404 503 auto
        flow 501 503 auto
        flow 505 503 auto
        flow 501 602 auto
        flow 602 504 auto
        flow 504 801 auto
        flow 801 811 auto
        flow 801 812 auto
        flow 504 711 manual
        flow 501 521 auto
        flow 501 522 auto
        flow 522 504 auto
        flow 402 412 auto
        flow 412 511 auto
        flow 511 603 auto
        flow 501 603 auto
        flow 603 512 auto
        flow 512 802 auto
        flow 703 531 auto
        flow 501 531 auto
        flow 531 532 auto
        """
}
