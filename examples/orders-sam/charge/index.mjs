// Charges the card of a customer, up to a limit.

class CardDeclined extends Error {
  name = "CardDeclined"; // the state machine sees it as the name of the error
}

export const handler = async ({ order, total }) => {
  if (total > Number(process.env.CARD_LIMIT)) {
    throw new CardDeclined(`${total} cents are too much`);
  }
  console.log(`charged ${total} cents`);
  return { receipt: `receipt-of-${order}` };
};
