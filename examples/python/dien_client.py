"""A client of dien-stream with nothing but a Kafka client (python3-kafka, or kafka-python from PyPI) and Avro by hand.

    python3 dien_client.py localhost:9092      # a click of a new user, a request, the answer
"""
import struct, sys, time, uuid

BEHAVIOR, REQUEST, ANSWER = (bytes.fromhex("c301" + f) for f in ("73a8130568fc3e46", "763b96d72356bdbd", "c8e211c55d07fd94"))
PRICING = ["CPM", "CPC", "CPA"]

def number(n):                                    # int and long: zigzag, seven bits a byte, the lowest first
    n, out = (n << 1) ^ (n >> 63), b""
    while n > 0x7f:
        n, out = n >> 7, out + bytes([n & 0x7f | 0x80])
    return out + bytes([n])

def text(s):                                      # string: length in bytes, UTF-8
    return number(len(s.encode())) + s.encode()

def items(encoded):                               # array and map: how many, the items, 0
    return (number(len(encoded)) + b"".join(encoded) if encoded else b"") + number(0)

def fields(f):
    return items([text(k) + text(v) for k, v in f.items()])

def behavior(event_id, user, ms, f):
    return BEHAVIOR + text(event_id) + text(user) + number(ms) + fields(f)

def candidate(ad, f, bid_micros=1_000_000, pricing="CPC", currency="USD"):
    return text(ad) + fields(f) + number(PRICING.index(pricing)) + number(bid_micros) + text(currency) + number(0)  # branch 0: no pcvr

def request(request_id, user, ms, candidates, user_fields={}, context={}):
    return REQUEST + text(request_id) + text(user) + number(ms) + fields(user_fields) + fields(context) + items(candidates)

def answer(message):                              # request id and the ranked ads; None where it is of another schema
    if message[:10] != ANSWER:
        return None
    at = [10]
    def take(n):
        at[0] += n
        return message[at[0] - n:at[0]]
    def long():
        n = shift = 0
        more = 0x80
        while more & 0x80:
            more, = take(1)
            n, shift = n | (more & 0x7f) << shift, shift + 7
        return (n >> 1) ^ -(n & 1)
    request_id, user, _ = take(long()).decode(), take(long()).decode(), long()
    ads = []
    for _ in range(long()):                       # ad, position, rank, pCTR, eCPM in micros, currency, unknown fields
        ads.append((take(long()).decode(), long(), long(), struct.unpack("<f", take(4))[0], long(), take(long()).decode(), long()))
    return request_id, user, ads

if __name__ == "__main__":
    from kafka import KafkaConsumer, KafkaProducer
    user, asked, now = "user-" + uuid.uuid4().hex[:8], str(uuid.uuid4()), int(time.time() * 1000)
    answers = KafkaConsumer("scores", bootstrap_servers=sys.argv[1], auto_offset_reset="earliest", consumer_timeout_ms=60_000)
    producer = KafkaProducer(bootstrap_servers=sys.argv[1], acks="all")
    producer.send("behaviors", behavior(str(uuid.uuid4()), user, now, {"item": "i339", "category": "c8"}), user.encode()).get(30)
    ads = [candidate("ad1", {"item": "i9", "category": "c0"}), candidate("ad2", {"item": "i40", "category": "c1"})]
    producer.send("ad-requests", request(asked, user, now + 1, ads), user.encode()).get(30)
    for record in answers:
        said = answer(record.value)
        if said and said[0] == asked:
            for ad, _, rank, pctr, ecpm, currency, _ in said[2]:
                print(f"{rank}  {ad}  pCTR {pctr:.6f}  eCPM {ecpm / 1e6:.4f} {currency}")
            sys.exit(0)
    sys.exit("no answer within a minute: is the job running?")
