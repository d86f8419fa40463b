import type { SayingWords } from '#shared/rules/sayings'

/** Same codes, same places as in `src-shared/rules/sayings.ts`. */
export const sayings: SayingWords = {
  'server-no-encryption':
    '暗号化なしの {protocol} はこのコンピューター上でのみ使えます。TLS か STARTTLS を選んでください。',
  'server-no-tls':
    '{protocol} サーバー {server} は TLS に対応していません。ポートを確認するか、セキュリティで STARTTLS を選んでください。',
  'server-certificate':
    '{protocol} サーバー {server} の証明書はホスト「{host}」に対して信頼できません。ホスト名を確認してください。独自の証明書はこのコンピューターに登録する必要があります。',
  'server-injects':
    '{protocol} サーバー {server} は STARTTLS の後も暗号化なしで応答しました。途中で誰かが言葉を加えている可能性があります。何も送信していません。セキュリティで TLS を選ぶか、事業者に問い合わせてください。',
  'server-no-starttls':
    '{protocol} サーバー {server} は STARTTLS を提供していません。セキュリティで TLS を選ぶか、ポートを確認してください。',
  'server-not-found':
    'ホスト「{host}」が見つかりません。ホスト名かネットワークを確認してください。',
  'server-silent-port':
    '{protocol} サーバー {server} が応答しません。そのポートでは何も待ち受けていません。ポートとホストを確認してください。',
  'server-no-greeting':
    '{protocol} サーバー {server} は接続を受け付けますが、応答の挨拶がありません。ポートを確認するか、別のセキュリティ(TLS か STARTTLS)を選んでください。',
  'server-too-slow':
    '{protocol} サーバー {server} が時間内に応答しません。ホストとポート、またはネットワークを確認してください。',
  'server-away': '{protocol} サーバー {server} は現在利用できません: {reply}',
  'server-refuses': '{protocol} サーバー {server} に拒否されました: {reply}',
  'server-other-protocol':
    '{protocol} サーバー {server} は別のプロトコルで応答しています。ポートを確認してください。',
  'server-wrong-password':
    '{protocol} サーバー {server} はこのユーザーとパスワードを拒否しました。両方を確認してください。',
  'server-ended':
    '{protocol} サーバー {server} が接続を終了しました。設定を確認するか、後でもう一度試してください。',
  'server-cannot-check': '{protocol} サーバー {server} は現在パスワードを確認できません。',
  'server-open':
    'IMAP サーバー {host} はパスワードも暗号化もなしに誰でも受け入れます。セキュリティで TLS を選ぶか、ポートを確認してください。',
  'connecting-stopped': '接続を中止しました。',
  'connection-lost': 'IMAP サーバーとの接続が切れました。',
  'connection-missing': 'IMAP サーバーに接続していません。',
  'connection-lost-storing': 'メッセージの保存中に接続が切れました。',
  'login-ended': 'IMAP サーバーがログインを終了しました。',
  'folder-missing': 'サーバーにそのフォルダーがありません。',
  'server-asks-to-wait': 'IMAP サーバーから待つように求められています。',
  'imap-refused': 'IMAP サーバーに拒否されました: {reply}',
  'mail-gone': 'このメールはもうサーバーにありません。',
  'part-too-big': 'Copydesk が読める大きさ(64 MiB)を超えています。',
  'mails-set-aside':
    'サーバーが {count} 通のメールを渡せません。1 日 1 回再試行します。ほかのメールソフトで確認してください。',
  'reading-failed': 'メールの読み込み中に問題が起きました。詳細はログにあります。',
  'reading-stopped':
    'メールの読み込みが予期せず止まりました。失われたものはなく、自動的に再開します。',
  'mailbox-full':
    'メールボックスがいっぱいです。空きができるまで変更はこのコンピューターに残ります。',
  'device-key-damaged':
    'このデスクトップの鍵(プロファイルの device.key)が壊れています。バックアップを戻すか、ファイルを削除して新しい鍵を作ってください。',
  'password-unreadable': '保存されたパスワードを読めません。もう一度入力してください。',
  'file-not-saved': 'ここにはファイルを保存できませんでした({reason})。別の場所を選んでください。',
  'file-not-opened': 'このファイルを開けるプログラムがありません: {reason}',
  'ticket-not-printed': 'チケットを印刷できませんでした: {reason}。',
  'not-an-address': 'メールアドレスではありません。name@example.com の形で入力してください。',
  'no-mailbox-yet': 'まだメールボックスが接続されていません。先に接続してください。',
  'held-for-news':
    'この返信の送信後に、このチケットに書き込みがありました。読んでから、送信、編集、または取り消しをしてください。',
  'held-for-people':
    'この返信は、送信時とは別の人に届くことになります。そのまま送信、編集、または取り消しをしてください。',
  'waits-for-password': 'パスワードを待っています。',
  'sending-failed': 'このメールの送信中に問題が起きました。',
  'sent-by-receipt': '受領の確認で解決しました。',
  'sent-without-receipt': '受領の確認がありません。サーバーはメールを受け取っていません。',
  'sent-elsewhere-maybe':
    '別のデスクトップがこのメールを送信した可能性があります。受領の確認で分かります。',
  'sent-elsewhere-decides':
    '別のデスクトップが送信する可能性があります。ジャーナルが今読めないか、そのデスクトップを指しており、それによって決まります。',
  'sending-interrupted': 'このメールの送信中にアプリが終了しました。',
  'cancelled-by-agent': '担当者が取り消しました。',
  'marked-by-agent': '担当者が送信済みにしました。',
}
