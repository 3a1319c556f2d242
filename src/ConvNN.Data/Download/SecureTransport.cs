using System.Runtime.InteropServices;

namespace ConvNN.Data.Download;

/// <summary>Whether this machine can use https. On Linux the framework needs OpenSSL for it, and ends the process if there is none.</summary>
internal static class SecureTransport
{
    // The names that the framework tries, and one that a later OpenSSL would have.
    private static readonly string[] Libraries = ["libssl.so.3", "libssl.so.1.1", "libssl.so.4", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"];

    private static readonly Lazy<bool> Found = new(() => !OperatingSystem.IsLinux() || Libraries.Any(name => NativeLibrary.TryLoad(name, out _)));

    /// <summary>Throws if an address cannot be asked for that reason.</summary>
    /// <exception cref="MirrorException">It is one of https, which is not available.</exception>
    public static void Check(Uri address)
    {
        if (address.Scheme == Uri.UriSchemeHttps && !Found.Value)
        {
            throw new MirrorException("is on https, which needs OpenSSL, and libssl is not installed here");
        }
    }
}
