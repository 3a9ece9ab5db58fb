// The Lambda function price: aslocal runs it as a process of this machine.

export async function handler(event) {
  const total = event.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  console.log("the total is", total); // aslocal serve shows it
  return { total };
}
