import { base64, base64url, HEX, invented, type PositiveCase, positives } from './case.ts';

const API_KEYS = positives('api_key', [
  `sk-${invented(48)}`,
  `sk-proj-${invented(80)}`,
  `sk-svcacct-${invented(60)}`,
  `sk-ant-api03-${invented(93)}AA`,
  `sk-or-v1-${invented(64, HEX)}`,
  `sk-lf-${invented(8, HEX)}-${invented(4, HEX)}-${invented(4, HEX)}-${invented(12, HEX)}`,
  `sk-${invented(32, HEX)}`,
  `AIza${invented(35)}`,
  `ya29.${invented(60)}`,
  `GOCSPX-${invented(28)}`,
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  `ASIA${'IOSFODNN7EXAMPLE'}`,
  `ghp_${invented(36)}`,
  `gho_${invented(36)}`,
  `ghs_${invented(36)}`,
  `github_pat_${invented(22)}_${invented(59)}`,
  `glpat-${invented(20)}`,
  `xoxb-${invented(12, '0123456789')}-${invented(12, '0123456789')}-${invented(24)}`,
  `xoxp-${invented(12, '0123456789')}-${invented(30)}`,
  `xapp-1-${invented(40)}`,
  `sk_live_${invented(24)}`,
  `sk_test_${invented(24)}`,
  `rk_live_${invented(24)}`,
  `whsec_${invented(32)}`,
  `SG.${invented(22)}.${invented(43)}`,
  `SK${invented(32, HEX)}`,
  `key-${invented(32, HEX)}`,
  `npm_${invented(36)}`,
  `pypi-AgE${invented(80)}`,
  `hf_${invented(34)}`,
  `gsk_${invented(52)}`,
  `r8_${invented(37)}`,
  `pplx-${invented(48)}`,
  `xai-${invented(80)}`,
  `nvapi-${invented(64)}`,
  `pcsk_${invented(60)}`,
  `tvly-${invented(32)}`,
  `fc-${invented(32, HEX)}`,
  `lsv2_pt_${invented(32, HEX)}_${invented(10, HEX)}`,
  `dop_v1_${invented(64, HEX)}`,
  `dapi${invented(32, HEX)}`,
  `shpat_${invented(32, HEX)}`,
  `lin_api_${invented(40)}`,
  `ntn_${invented(46)}`,
  `sbp_${invented(40, HEX)}`,
  `NRAK-${invented(27, 'A1B2C3D4')}`,
  `sntrys_${invented(60)}`,
  `glsa_${invented(41)}`,
  `PMAK-${invented(24, HEX)}-${invented(34, HEX)}`,
  `hvs.${invented(40)}`,
  `dp.pt.${invented(43)}`,
  `123456789:AA${invented(33)}`,
  [`AIza${invented(35)}`, 'export GOOGLE_API_KEY={}'],
  [`AIza${invented(35)}`, 'GOOGLE_API_KEY="{}"'],
  [`AIza${invented(35)}`, '{"key":"{}"}'],
  [`sk-proj-${invented(40)}`, 'my key:{}.'],
  [`sk-proj-${invented(40)}`, 'Error: Incorrect API key provided: {}. You can find your key'],
  [`ghp_${invented(36)}`, 'git clone https://oauth2/{}/repo'],
  [`hooks.slack.com/services/T${invented(8)}/B${invented(8)}/${invented(24)}`, 'curl https://{}'],
]);

const JWS_HEADER = base64url('{"alg":"HS256","typ":"JWT"}');
const JWS = `${JWS_HEADER}.${base64url('{"sub":"1234567890","name":"Ana"}')}.${invented(43)}`;
const UNSIGNED = `${base64url('{"alg":"none"}')}.${base64url('{"sub":"1"}')}.`;
const JWE = `${base64url('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.${invented(40)}.${invented(16)}.${invented(40)}.${invented(22)}`;

const JWTS = positives('jwt', [
  JWS,
  JWE,
  `${base64url('{"typ":"JWT","alg":"RS256","kid":"k1"}')}.${base64url('{"iss":"x"}')}.${invented(342)}`,
  [UNSIGNED, 'token {} end'],
  [JWS, 'Cookie: session={}; Path=/'],
  [JWS, '{"token":"{}"}'],
  [JWS, '<{}>'],
  [JWS, 'https://example.com/cb#t={}'],
  [JWS, 'line\\n{}\\nline'],
]);

const BEARERS = positives('bearer_token', [
  [invented(32), 'Authorization: Bearer {}'],
  [invented(32), 'authorization: bearer {}'],
  ['mF_9.B5f-4.1JqM', 'Authorization: Bearer {}'],
  [invented(24), '{"authorization":"Bearer {}"}'],
  [invented(24), "headers: { Authorization: 'Bearer {}' }"],
  [invented(24), 'curl -H "Authorization: Bearer {}" https://example.com'],
  [invented(24), 'sent Bearer {} to the API'],
  [invented(24), 'x-api-key: {}'],
  [invented(24), '"X-Api-Key": "{}"'],
  [invented(24), 'Authorization: Token {}'],
  [invented(24), 'Authorization={}'],
  [invented(24), 'x-goog-api-key: {}'],
]);

const BODY = `${invented(64)}\n${invented(64)}\n${invented(40)}==`;
const pem = (label: string, body: string): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;

const PRIVATE_KEYS = positives('private_key', [
  pem('PRIVATE KEY', BODY),
  pem('RSA PRIVATE KEY', BODY),
  pem('EC PRIVATE KEY', BODY),
  pem('DSA PRIVATE KEY', BODY),
  pem('OPENSSH PRIVATE KEY', BODY),
  pem('ENCRYPTED PRIVATE KEY', BODY),
  pem('PGP PRIVATE KEY BLOCK', `Version: 1\n\n${BODY}`),
  pem('RSA PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n${BODY}`),
  pem('PRIVATE KEY', BODY).replaceAll('\n', '\\n'),
  pem('PRIVATE KEY', BODY).replaceAll('\n', '\r\n'),
  [pem('PRIVATE KEY', BODY).replaceAll('\n', '\\n'), '{"type":"service_account","private_key":"{}"}'],
  [pem('PRIVATE KEY', BODY).replaceAll('\n', '\\\\n'), '{"text":"{\\"private_key\\":\\"{}\\"}"}'],
  [`-----BEGIN PRIVATE KEY-----\n${BODY}`, 'cut off: {}'],
]);

const URL_PASSWORDS = positives('url_password', [
  ['hunter2', 'postgres://app:{}@db.internal:5432/main'],
  ['p@ss:w0rd', 'postgres://app:{}@db.internal:5432/main'],
  ['pa/ss', 'postgres://app:{}@db.internal/main'],
  ['s3cr3t', 'redis://:{}@cache:6379/0'],
  ['s3cr3t', 'mongodb+srv://root:{}@cluster0.mongodb.net/?retryWrites=true'],
  ['s3cr3t', 'mysql://root:{}@127.0.0.1/x'],
  ['s3cr3t', 'amqp://guest:{}@rabbit:5672/%2f'],
  ['s3cr3t', 'https://ana:{}@example.com/path?x=1'],
  ['s3cr3t', 'ftp://ana:{}@example.com'],
  ['s%40cret', 'smtp://ana:{}@mail.example.com:587'],
  ['s3cr3t', '{"url":"postgres://app:{}@db/x"}'],
  ['s3cr3t', '{"url":"postgres:\\/\\/app:{}@db\\/x"}'],
  ['x-oauth-basic', 'https://abcdef0123:{}@github.com/org/repo.git'],
  ['12345', 'https://ana:{}@example.com/'],
  ['hunter2', 'https://example.com/login?user=ana&password={}'],
  ['hunter2', 'https://example.com/login?pwd={}&x=1'],
  ['hunter2', 'https://example.com/login?a=1&amp;password={}&amp;b=2'],
  [invented(32), 'https://example.com/cb?access_token={}&x=1'],
  [invented(64, HEX), 'https://bucket.example.com/o?X-Goog-Signature={}'],
  [invented(44), 'https://acc.blob.core.windows.net/c?sv=2020&sig={}'],
]);

const BASIC = positives('basic_auth', [
  [base64('ana:secret'), 'Authorization: Basic {}'],
  [base64('ana:secret'), 'authorization: basic {}'],
  [base64('user:pass word'), '{"Authorization":"Basic {}"}'],
  [base64('api:key-1234'), 'curl -H "Authorization: Basic {}"'],
  [base64('usuario:contraseña'), 'Basic {} was refused'],
  [base64(':only-a-password'), 'Proxy-Authorization: Basic {}'],
]);

const CONNECTIONS = positives('connection_string', [
  ['hunter2', 'Server=db;Database=main;User Id=app;Password={};Encrypt=true'],
  ['hun ter2', 'Server=db;Database=main;User Id=app;Password={};Encrypt=true'],
  ['hunter2', 'Data Source=db;Initial Catalog=x;UID=app;PWD={}'],
  ['hunter2;x', "Server=db;Uid=app;Pwd='{}';"],
  ['hunter2', 'host=localhost port=5432 dbname=x user=app password={} sslmode=require'],
  ['hunter2', 'password={} host=localhost'],
  ['hunter2', 'jdbc:postgresql://db/x?user=app;password={}'],
  [`${invented(86)}==`, 'DefaultEndpointsProtocol=https;AccountName=acc;AccountKey={};EndpointSuffix=core.windows.net'],
  [`${invented(43)}=`, 'Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={}'],
  ['hunter2', 'Driver=ODBC Driver 18;Server=db;Uid=app;Pwd={};'],
]);

export const CREDENTIALS: readonly PositiveCase[] = [
  ...API_KEYS,
  ...JWTS,
  ...BEARERS,
  ...PRIVATE_KEYS,
  ...URL_PASSWORDS,
  ...BASIC,
  ...CONNECTIONS,
];
