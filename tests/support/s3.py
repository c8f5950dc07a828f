# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small S3 store on loopback that checks AWS Signature Version 4, of headers and of URLs."""
import hashlib
import hmac
import http.server
import threading
import time
import urllib.parse


class S3:
    """objects: key -> bytes. refused: why requests were refused. full: answers 507 to uploads."""

    def __init__(self, bucket="media", region="test-1", access_key="AKID", secret_key="secret/key"):
        self.bucket, self.region, self.access_key, self.secret_key = bucket, region, access_key, secret_key
        self.objects, self.refused, self.full = {}, [], False
        self.changed, self.page = {}, 1000  # seconds since 1970 of objects, now if not there; names of a page
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def reply(self, status, data=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do(self):
                data = self.body()
                path, _, query = self.path.partition("?")
                why = store.check(self.command, path, query, self.headers, data)
                if why:
                    store.refused.append(why)
                    return self.reply(403, why.encode())
                key = path[len("/" + store.bucket + "/"):]
                if not key and self.command == "GET":
                    return self.reply(200, store.listing(dict(urllib.parse.parse_qsl(query))))
                if self.command == "PUT":
                    if store.full:
                        return self.reply(507)
                    store.objects[key] = data
                    return self.reply(200)
                if self.command == "DELETE":
                    store.objects.pop(key, None)
                    return self.reply(204)
                return self.reply(200, store.objects[key]) if key in store.objects else self.reply(404)
            do_GET = do_PUT = do_DELETE = do

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True)
        self.thread.start()

    def listing(self, question):
        """ListObjectsV2."""
        assert question["list-type"] == "2"
        names = sorted(name for name in self.objects if name.startswith(question["prefix"]) and name > question.get("start-after", ""))
        page = names[:min(self.page, int(question["max-keys"]))]
        items = "".join(f"<Contents><Key>{name}</Key><LastModified>"
                        + time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(self.changed.get(name, time.time())))
                        + "</LastModified><Size>1</Size></Contents>" for name in page)
        truncated = "true" if len(page) < len(names) else "false"
        return f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{items}</ListBucketResult>".encode()

    def settings(self):
        return {"media.s3_endpoint": self.url, "media.s3_bucket": self.bucket, "media.s3_region": self.region,
                "media.s3_access_key": self.access_key, "media.s3_secret_key": self.secret_key}

    def signature(self, day, text):
        key = ("AWS4" + self.secret_key).encode()
        for part in (day, self.region, "s3", "aws4_request", text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()

    def check(self, method, path, query, headers, data):
        """Why the request is not theirs, or None."""
        if not path.startswith(f"/{self.bucket}/"):
            return "bucket"
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        given = dict(pairs)
        if "X-Amz-Signature" in given:
            credential, signed = given["X-Amz-Credential"].split("/"), given["X-Amz-SignedHeaders"].split(";")
            moment, signature, digest = given["X-Amz-Date"], given["X-Amz-Signature"], "UNSIGNED-PAYLOAD"
            pairs = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
        else:
            fields = dict(part.strip().split("=", 1) for part in headers.get("Authorization", "").partition(" ")[2].split(",") if "=" in part)
            if not fields:
                return "unsigned"
            credential, signed = fields["Credential"].split("/"), fields["SignedHeaders"].split(";")
            moment, signature = headers["X-Amz-Date"], fields["Signature"]
            digest = headers.get("x-amz-content-sha256") or hashlib.sha256(data).hexdigest()
            if digest != hashlib.sha256(data).hexdigest():
                return "digest"
        if credential[0] != self.access_key or "host" not in signed:
            return "credential"
        canonical_query = "&".join(sorted(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}" for k, v in pairs))
        lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed)
        request = "\n".join([method, path, canonical_query, lines, ";".join(signed), digest])
        scope = "/".join(credential[1:])
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        return None if hmac.compare_digest(self.signature(credential[1], text), signature) else "signature"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
