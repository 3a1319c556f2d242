using System.ComponentModel;
using System.Diagnostics;

namespace ConvNN.App.Reports;

/// <summary>The browser of the user.</summary>
internal static class Browser
{
    /// <summary>Opens a page.</summary>
    /// <param name="file">The page's file.</param>
    /// <returns>Whether the system knows a program for it.</returns>
    public static bool Open(string file)
    {
        // Without a display there is no browser, as on a server; what looks for one would complain on stderr.
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY") + Environment.GetEnvironmentVariable("WAYLAND_DISPLAY")))
        {
            return false;
        }

        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(Path.GetFullPath(file)) { UseShellExecute = true });
            return true;
        }
        catch (Exception none) when (none is Win32Exception or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
