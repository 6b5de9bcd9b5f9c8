import { CognitoJwtVerifier } from "aws-jwt-verify";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { peakMemory } from "./memory.mjs";

// The keys are read over TLS from where the benchmark has them, by the library's own fetcher.
const fetcher = new SimpleFetcher();
const jwksCache = new SimpleJwksCache({ fetcher: { fetch: () => fetcher.fetch(process.env.JWKS_URL) } });
const verifier = CognitoJwtVerifier.create(
  { userPoolId: process.env.USER_POOL_ID, tokenUse: "access", clientId: process.env.CLIENT_ID, scope: process.env.SCOPE },
  { jwksCache },
);

export async function handler(event) {
  const { client_id } = await verifier.verify(event.token);
  return { client: client_id, memory: peakMemory() };
}
