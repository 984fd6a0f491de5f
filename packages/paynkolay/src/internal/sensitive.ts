/**
 * What of Paynkolay's exchanges is sensitive: the login, the keys and what is signed with them, cards, and sellers, who may
 * be persons.
 */
import * as Sensitive from "@entegre/core/Sensitive"

export const sensitive = Sensitive.make({
  fields: [
    "username",
    "password",
    "token",
    // The keys, and the hash in the field that the provider calls a key.
    "apiSecretKey",
    "merchantSecretKey",
    "apiKey",
    "hash",
    // Cards, and the pages on which they are typed.
    "cardHolder",
    "cardToken",
    "cardTranId",
    "cardAlias",
    "mpCustomerKey",
    "form",
    // Sellers.
    "nameSurname",
    "sellerName",
    "tckn",
    "vkn",
    "birthDate",
    "contactPerson",
    "email",
    "phoneNumber",
    "gsm",
    "address",
    "iban",
    "accountHolder"
  ]
})
