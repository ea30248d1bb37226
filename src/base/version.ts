/** Name of the tracer and meter that the package's own telemetry comes from. */
export const TRACER_NAME = 'spanledger';

/** Version of the package. A test holds it equal to package.json, which reading at start would cost a file access. */
export const VERSION = '0.1.0';
