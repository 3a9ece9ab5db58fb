exports.callback = (event, context, callback) => {
  if (event === 'fail') return callback(new TypeError('called back'));
  setTimeout(() => { console.log('after the callback'); }, 1);
  return callback(null, event);
};
exports.synchronous = () => 'ignored up to nodejs22.x';
exports.nested = { deep: async () => __filename.endsWith('old.cjs') };
exports.succeed = (event, context) => context.succeed(event);
