using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The page that follows a run: section <c>Dashboard</c> of the configuration.</summary>
internal sealed record DashboardOptions : CheckedOptions
{
    /// <summary>The port of a page for which none is given.</summary>
    public const int DefaultPort = 5055;

    /// <summary>The ports that there are; 0 stands for any that is free.</summary>
    public static readonly ValueKind<int> Ports = ValueKinds.Integer(0, ushort.MaxValue);

    /// <summary>The rule of a host.</summary>
    public static readonly ValueKind<string?> Hosts = ValueKinds.OptionalText(
        "it must be a name or an address of this machine, or * for all of them", text => text.Length > 0 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '/' or '\\' or '@'));

    /// <summary>The declarations of the options.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "Port",
            ValueKinds.OrNull(Ports),
            (DashboardOptions o) => o.Port,
            (o, v) => o with { Port = v },
            $"port of a page that shows the run while it trains, and until ^C afterwards; 0 for any that is free, and {DefaultPort} if --dashboard has no number") with
        { Advice = "Leave it out for no page." },
        Option.Of(
            "Host",
            Hosts,
            (DashboardOptions o) => o.Host,
            (o, v) => o with { Host = v },
            "name or address of this machine under which others may open the page, with the token that the printed address carries; by default, only this machine may"),
    ];

    /// <summary>The page's port; null for no page.</summary>
    public int? Port { get; init => field = Checked(value); }

    /// <summary>The host under which the page is served; null for this machine alone.</summary>
    public string? Host { get; init => field = Checked(value); }

    /// <inheritdoc/>
    protected override string Section => "Dashboard";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
