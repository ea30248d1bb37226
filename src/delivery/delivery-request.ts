/** One request to a destination, for metrics. */
export interface DeliveryRequest {
  readonly destination: string;
  readonly table: string;
  readonly rows: number;
  readonly durationMillis: number;
  /** Undefined where the destination answered. */
  readonly error: string | undefined;
}
