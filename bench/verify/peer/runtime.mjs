// A Lambda function in Node on the Lambda Runtime API, with nothing that Lambda's own runtime for Node has beyond that: its start is a lower bound.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import http from "node:http";
import { handler } from "./handler.mjs";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, agent, method, path: "/2018-06-01/runtime/invocation/" + path }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ id: response.headers["lambda-runtime-aws-request-id"], text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const { id, text } = await call("GET", "next");
  try {
    await call("POST", id + "/response", JSON.stringify(await handler(JSON.parse(text))));
  } catch (error) {
    await call("POST", id + "/error", JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
