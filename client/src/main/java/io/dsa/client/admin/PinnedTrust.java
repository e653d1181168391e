package io.dsa.client.admin;

import io.dsa.client.DsaException;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts the certificate that the pin takes, and looks at nothing else in it. Thread-safe. */
final class PinnedTrust extends X509ExtendedTrustManager {
  private final URI server;
  private final FingerprintPin pin;

  private PinnedTrust(URI server, FingerprintPin pin) {
    this.server = server;
    this.pin = pin;
  }

  static SSLContext context(URI server, FingerprintPin pin) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new PinnedTrust(server, pin)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new DsaException(
          DsaException.Category.UNSUPPORTED, "this Java has no TLS 1.3: " + e.getMessage(), e);
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
      pin.check(server, HexFormat.of().formatHex(digest));
    } catch (DsaException e) {
      throw new CertificateException(e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw new CertificateException("this end serves nobody");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    throw new CertificateException("this end serves nobody");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this end serves nobody");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
