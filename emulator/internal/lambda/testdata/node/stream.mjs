export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event === 'fail') {
    stream.write('some');
    throw new RangeError('in the middle');
  }
  const response = event === 'prelude' ? awslambda.HttpResponseStream.from(stream, { statusCode: 201 }) : stream;
  response.write('"one ');
  response.write('two"');
  response.end();
});
