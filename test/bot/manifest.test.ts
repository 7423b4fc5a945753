import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LISTENS_TO } from '../../src/bot/listen/listener.ts';

interface Manifest {
  display_information: { name: string; description: string; background_color: string };
  features: {
    bot_user: { display_name: string };
    app_home: { home_tab_enabled: boolean };
    slash_commands: Array<{ command: string; description: string; usage_hint: string; should_escape: boolean }>;
    shortcuts?: unknown;
  };
  oauth_config: { scopes: { bot: string[]; bot_optional: string[]; user?: string[] } };
  settings: {
    event_subscriptions: { bot_events: string[] };
    interactivity: { is_enabled: boolean };
    socket_mode_enabled: boolean;
  };
}

describe('manifest.yml', () => {
  const manifest = parse(readFileSync('manifest.yml', 'utf8')) as Manifest;

  it('asks for exactly the events and commands that are listened to', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual([...LISTENS_TO.events]);
    expect(manifest.features.slash_commands.map((each) => each.command)).toEqual([LISTENS_TO.command]);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
  });

  it('offers nothing that is not built: no shortcuts, no home tab', () => {
    expect(manifest.features.shortcuts).toBeUndefined();
    expect(manifest.features.app_home.home_tab_enabled).toBe(false);
  });

  it('keeps within the lengths that Slack takes', () => {
    expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
    expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
    expect(manifest.display_information.background_color).toMatch(/^#[0-9a-f]{6}$/i);
    expect(manifest.features.bot_user.display_name.length).toBeLessThanOrEqual(80);
    for (const command of manifest.features.slash_commands) {
      expect(command.command.length).toBeLessThanOrEqual(32);
      expect(command.description.length).toBeLessThanOrEqual(2000);
      expect(command.usage_hint.length).toBeLessThanOrEqual(1000);
      expect(command.should_escape).toBe(true);
    }
  });

  it('asks for no right that reads or writes where it was not invited', () => {
    const scopes = [...manifest.oauth_config.scopes.bot, ...manifest.oauth_config.scopes.bot_optional];

    expect(new Set(scopes).size).toBe(scopes.length);
    expect(manifest.oauth_config.scopes.user).toBeUndefined();
    for (const scope of scopes) {
      expect(scope).not.toMatch(/^(chat:write\.(public|customize)|channels:(join|manage)|search:|admin)/);
    }
  });
});
